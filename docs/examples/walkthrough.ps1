<#
.SYNOPSIS
    The story that CalicoNet grew out of, step by step: each as the shell's command, as the cmdlet, and with its result.
.DESCRIPTION
    Makes a namespace that plays the host and one that plays the outside world, and works in them, so that the machine's own network is left
    alone. 203.0.113.8 stands for a server on the internet. Ends with exit code 1 when a step does not come out as the story says.
    Needs root, or --sandbox of CalicoNet.Shell. Uses core commands only.
.EXAMPLE
    dotnet run --project src/CalicoNet.Shell -- --sandbox docs/examples/walkthrough.ps1
.EXAMPLE
    pwsh -File docs/examples/walkthrough.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-VethPair -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}

$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName = "walk-host-$suffix"
$outside = "walk-outside-$suffix"
$cali = "walk-cali-$suffix"
$server = '203.0.113.8'
$state = @{ Step = 0; Failed = 0 }

function Step([string] $Title, [string] $Shell, [string] $Cmdlet) {
    $state.Step++
    ''
    "$($state.Step). $Title"
    "   shell   $Shell"
    "   cmdlet  $Cmdlet"
}

function Expect([string] $What, [bool] $Holds) {
    if (-not $Holds) { $state.Failed++ }
    "   $(if ($Holds) { 'as told' } else { 'NOT AS TOLD' })  $What"
}

function Show($Objects) {
    foreach ($item in $Objects) { "           $item" }
}

try {
    'The world: a host with an uplink, and an outside that knows the host and nothing of workloads.'
    $null = New-NetNamespace $hostName
    $null = New-NetNamespace $outside | New-VethPair -HostNetNamespace $hostName -HostInterfaceAlias up0 -InterfaceAlias out0 -IPAddress 192.0.2.254/24
    $null = Add-HostAddress -NetNamespace $hostName -InterfaceAlias up0 -IPAddress 192.0.2.1/24
    $null = Add-HostRoute 0.0.0.0/0 -NetNamespace $hostName -InterfaceAlias up0 -NextHop 192.0.2.254
    $null = Set-HostInterface lo -NetNamespace $hostName -Status Up
    $null = Set-HostInterface lo -NetNamespace $outside -Status Up
    $null = Add-HostAddress -NetNamespace $outside -InterfaceAlias lo -IPAddress $server
    1..50 | ForEach-Object { $null = Add-HostAddress -NetNamespace $outside -InterfaceAlias lo -IPAddress "198.51.100.$_" }
    Expect 'the host reaches the server outside' (Test-WorkloadConnection $server -NetNamespace $hostName -Count 1 -Quiet)

    Step 'A namespace and a veth pair, one end inside, with a /32 address' `
        'ip netns add cali; ip l add v-cali type veth peer name v-cali-peer; ip l set v-cali netns cali; ip netns exec cali ip a add 10.2.0.1/32 dev v-cali' `
        'New-NetNamespace cali | New-VethPair -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1'
    $pair = New-NetNamespace $cali | New-VethPair -HostNetNamespace $hostName -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1
    Show $pair
    Expect 'both ends are up' ($pair.Status -eq 'Up')

    Step 'The host routes the address to the pair' 'ip r add 10.2.0.1/32 dev v-cali-peer' '$pair | Add-HostRoute'
    $route = $pair | Add-HostRoute
    Show $route
    Expect 'it is a /32 on the link' ($route.DestinationPrefix -eq '10.2.0.1/32' -and $route.Scope -eq 'Link')

    Step 'The workload sends everything to its interface' 'ip netns exec cali ip r add default dev v-cali' 'Add-HostRoute 0.0.0.0/0 -NetNamespace cali -InterfaceAlias v-cali'
    Show (Add-HostRoute 0.0.0.0/0 -NetNamespace $cali -InterfaceAlias v-cali)

    Step 'The host reaches the workload' 'ping 10.2.0.1' 'Test-WorkloadConnection 10.2.0.1'
    $result = Test-WorkloadConnection 10.2.0.1 -NetNamespace $hostName -Count 2
    Show $result
    Expect 'it answers' $result.Succeeded

    Step 'The workload reaches the host' 'ip netns exec cali ping 192.0.2.1' '$pair | Test-WorkloadConnection 192.0.2.1'
    $result = $pair | Test-WorkloadConnection 192.0.2.1 -Count 2
    Show $result
    Expect 'it answers' $result.Succeeded

    Step 'The workload does not reach the outside' "ip netns exec cali ping $server" "`$pair | Test-WorkloadConnection $server"
    $result = $pair | Test-WorkloadConnection $server -Count 1 -TimeoutSeconds 1
    Show $result
    Expect 'nothing comes back' (-not $result.Succeeded)

    Step 'Source NAT alone does not help' 'iptables -t nat -A POSTROUTING -s 10.2.0.1/32 -j MASQUERADE' '$pair | Enable-NatOutgoing; Enable-IPForwarding'
    Show ($pair | Enable-NatOutgoing)
    Show (Enable-IPForwarding -NetNamespace $hostName)
    $result = $pair | Test-WorkloadConnection $server -Count 1 -TimeoutSeconds 1
    Show $result
    Expect 'still nothing comes back' (-not $result.Succeeded)

    Step "Why: the workload asks who has $server, and nobody answers" 'tcpdump -i v-cali-peer arp; ip netns exec cali ip n' 'Get-NeighborTable cali'
    $neighbor = Get-NeighborTable $cali -IPAddress $server
    Show $neighbor
    Expect 'the neighbor is not resolved' ($neighbor.State -in 'Incomplete', 'Failed')

    Step 'The host answers for others: proxy ARP' 'echo 1 > /proc/sys/net/ipv4/conf/v-cali-peer/proxy_arp' '$pair | Enable-ProxyArp'
    Show ($pair | Enable-ProxyArp)
    Clear-NeighborTable $cali
    $result = $pair | Test-WorkloadConnection $server -Count 2
    Show $result
    Expect 'now it answers' $result.Succeeded
    $neighbor = Get-NeighborTable $cali -IPAddress $server
    Show $neighbor
    Expect 'with the MAC address of the host''s end' ($neighbor.LinkLayerAddress -eq $pair.HostMacAddress)

    Step 'But the neighbor table grows by one entry for every destination' 'ip netns exec cali ip n' '1..50 | ForEach-Object { ... }; Measure-NeighborTable cali'
    $before = (Measure-NeighborTable $cali -AddressFamily IPv4).Count
    $grown = 0
    foreach ($number in 1..50) {
        $null = $pair | Test-WorkloadConnection "198.51.100.$number" -Count 1
        $count = (Measure-NeighborTable $cali -AddressFamily IPv4).Count
        if ($count -eq $before + $number) { $grown++ }
    }
    "           from $before to $count entries"
    Expect 'one more with each of 50 destinations' ($grown -eq 50)

    Step 'A link-local gateway: 169.254.1.1, which nobody has' `
        'ip netns exec cali ip r del default dev v-cali; ip r add 169.254.1.1 dev v-cali scope link; ip r add default via 169.254.1.1 dev v-cali' '$pair | Set-LinkLocalGateway'
    Show ($pair | Set-LinkLocalGateway)
    $routes = @(Get-HostRoute -NetNamespace $cali -AddressFamily IPv4)
    Show $routes
    Expect 'two routes, the default through 169.254.1.1' ($routes.Count -eq 2 -and @($routes | Where-Object NextHop -EQ '169.254.1.1').Count -eq 1)

    Step 'The old entries go, and the table stays small' 'ip netns exec cali ip n del ...; ip netns exec cali ping ...; ip netns exec cali ip n' '$pair | Clear-NeighborTable; ...; Get-NeighborTable cali'
    $pair | Clear-NeighborTable
    $lost = 0
    foreach ($number in 1..50) {
        if (-not ($pair | Test-WorkloadConnection "198.51.100.$number" -Count 1 -Quiet)) { $lost++ }
    }
    $neighbors = @(Get-NeighborTable $cali -AddressFamily IPv4)
    Show $neighbors
    Expect 'all 50 answer' ($lost -eq 0)
    Expect 'one or two entries, 169.254.1.1 among them' ($neighbors.Count -in 1, 2 -and $neighbors.IPAddress -contains '169.254.1.1')
}
finally {
    foreach ($name in $cali, $outside, $hostName) {
        if (Get-NetNamespace "$name*") { Remove-NetNamespace $name -Confirm:$false }
    }
}

''
if ($state.Failed -gt 0) {
    "$($state.Failed) of the steps did not come out as told."
    exit 1
}

'All as told.'
exit 0
