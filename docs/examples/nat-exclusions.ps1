<#
.SYNOPSIS
    Outgoing NAT for a whole pool, but not to places that know the way back.
.DESCRIPTION
    One element of an nf_tables set serves a pool, however many endpoints there are; packets to excluded destinations keep their source.
    Everything is removed at the end. Needs root. Uses core commands only.
.EXAMPLE
    ./nat-exclusions.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName, $outside, $web = "nat-host-$suffix", "nat-outside-$suffix", "nat-web-$suffix"
try {
    $null = New-NetNamespace $hostName
    $null = New-NetNamespace $outside | New-VethPair -HostNetNamespace $hostName -HostInterfaceAlias up0 -IPAddress 192.0.2.2/24
    $null = Add-HostAddress 192.0.2.1/24 -InterfaceAlias up0 -NetNamespace $hostName
    $null = Add-HostRoute 0.0.0.0/0 -NextHop 192.0.2.2 -InterfaceAlias up0 -NetNamespace $hostName
    $null = Set-HostInterface lo -Status Up -NetNamespace $outside
    $null = Add-HostAddress 203.0.113.8, 198.51.100.8 -InterfaceAlias lo -NetNamespace $outside

    # This endpoint has no NAT of its own: the pool's element covers it.
    $endpoint = New-CalicoEndpoint $web 10.71.0.2 -HostNetNamespace $hostName -NatOutgoing Disabled
    "without NAT         203.0.113.8 answers: $($endpoint | Test-WorkloadConnection 203.0.113.8 -Count 1 -Quiet)"

    $null = Enable-NatOutgoing 10.71.0.0/16 -ExcludePrefix 198.51.100.0/24 -NetNamespace $hostName
    Get-NatOutgoing -NetNamespace $hostName | ForEach-Object { "the pool has NAT    $($_.SourcePrefix), not to $($_.ExcludePrefix)" }
    "with NAT            203.0.113.8 answers: $($endpoint | Test-WorkloadConnection 203.0.113.8 -Count 1 -Quiet)"
    "excluded            198.51.100.8 answers: $($endpoint | Test-WorkloadConnection 198.51.100.8 -Count 1 -Quiet)"

    # Who is excluded needs the way back.
    $null = Add-HostRoute 10.71.0.0/16 -NextHop 192.0.2.1 -InterfaceAlias eth0 -NetNamespace $outside
    "and with a way back 198.51.100.8 answers: $($endpoint | Test-WorkloadConnection 198.51.100.8 -Count 1 -Quiet)"
}
finally {
    Get-CalicoEndpoint -HostNetNamespace $hostName | Remove-CalicoEndpoint
    Get-NetNamespace "nat-*-$suffix" | Remove-NetNamespace
}
