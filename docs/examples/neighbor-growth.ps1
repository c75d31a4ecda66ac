<#
.SYNOPSIS
    Why Calico gives every workload the gateway 169.254.1.1: the neighbor table, with it and without it.
.DESCRIPTION
    A workload talks to many destinations. While they are all on its link, its neighbor table grows by one for each; with the link-local
    gateway it holds one entry. Everything is removed at the end. Needs root. Uses core commands only.
.EXAMPLE
    ./neighbor-growth.ps1 -Destinations 20
#>
[CmdletBinding()]
param(
    # To how many destinations the workload talks, 1 to 100.
    [ValidateRange(1, 100)]
    [int] $Destinations = 10
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName, $outside, $cali = "grow-host-$suffix", "grow-outside-$suffix", "grow-cali-$suffix"

function Show([string] $What) {
    1..$Destinations | ForEach-Object { $null = Test-WorkloadConnection "198.51.100.$_" -NetNamespace $cali -Count 1 -Quiet }
    "${What}: $((Measure-NeighborTable $cali -AddressFamily IPv4).Count) neighbors after $Destinations destinations"
}

try {
    $null = New-NetNamespace $hostName
    $null = New-NetNamespace $outside | New-VethPair -HostNetNamespace $hostName -HostInterfaceAlias up0 -IPAddress 192.0.2.2/24
    $null = Add-HostAddress 192.0.2.1/24 -InterfaceAlias up0 -NetNamespace $hostName
    $null = Add-HostRoute 0.0.0.0/0 -NextHop 192.0.2.2 -InterfaceAlias up0 -NetNamespace $hostName
    $null = Set-HostInterface lo -Status Up -NetNamespace $outside
    1..$Destinations | ForEach-Object { $null = Add-HostAddress "198.51.100.$_" -InterfaceAlias lo -NetNamespace $outside }
    $null = Add-HostRoute 10.2.0.0/24 -NextHop 192.0.2.1 -InterfaceAlias eth0 -NetNamespace $outside
    $null = Enable-IPForwarding -NetNamespace $hostName

    $pair = New-NetNamespace $cali | New-VethPair -HostNetNamespace $hostName -IPAddress 10.2.0.1
    $null = $pair | Add-HostRoute | Enable-ProxyArp
    $null = Add-HostRoute 0.0.0.0/0 -InterfaceAlias eth0 -NetNamespace $cali
    Show 'every destination on the link '

    Clear-NeighborTable $cali
    $null = $pair | Set-LinkLocalGateway
    Show 'the gateway 169.254.1.1       '
}
finally {
    Get-NetNamespace "grow-*-$suffix" | Remove-NetNamespace
}
