<#
.SYNOPSIS
    Three hosts on one machine, workloads on each, routed to each other as Calico does it between nodes.
.DESCRIPTION
    Each host is a namespace with an uplink to a fabric, which routes 10.70.N.0/24 to host N. Everything is removed at the end. Needs root.
    Uses core commands only.
.EXAMPLE
    ./three-hosts.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$fabric = "fabric-$suffix"
$hosts = 1..3 | ForEach-Object { "node$_-$suffix" }
try {
    $null = New-NetNamespace $fabric
    $null = Enable-IPForwarding -NetNamespace $fabric
    foreach ($number in 1..3) {
        $node = $hosts[$number - 1]
        $null = New-NetNamespace $node | New-VethPair -HostNetNamespace $fabric -HostInterfaceAlias "to-node$number" -InterfaceAlias up0 -IPAddress "192.0.2.$(4 * $number + 1)/30"
        $null = Add-HostAddress "192.0.2.$(4 * $number + 2)/30" -InterfaceAlias "to-node$number" -NetNamespace $fabric
        $null = Add-HostRoute "10.70.$number.0/24" -NextHop "192.0.2.$(4 * $number + 1)" -InterfaceAlias "to-node$number" -NetNamespace $fabric

        # From here on this session works on that host.
        Enter-NetNamespace $node
        try {
            $null = Add-HostRoute 0.0.0.0/0 -NextHop "192.0.2.$(4 * $number + 2)" -InterfaceAlias up0
            $null = 1..2 | New-CalicoEndpoint -Name { "web$number$_-$suffix" } -IPAddress { "10.70.$number.$_" } -NatOutgoing Disabled
        }
        finally {
            Exit-NetNamespace
        }
    }

    foreach ($node in $hosts) {
        Get-CalicoEndpoint -HostNetNamespace $node | ForEach-Object {
            $results = Test-WorkloadConnection 10.70.1.1, 10.70.2.1, 10.70.3.1 -NetNamespace $_.NetNamespace -Count 1
            "$($_.Name) on $node reaches $(@($results | Where-Object Succeeded).Count) of 3 hosts' workloads"
        }
    }
}
finally {
    foreach ($node in @(Get-NetNamespace "node*-$suffix")) {
        Get-CalicoEndpoint -HostNetNamespace $node | Remove-CalicoEndpoint
    }

    Get-NetNamespace "*-$suffix" | Remove-NetNamespace
}
