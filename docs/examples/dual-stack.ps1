<#
.SYNOPSIS
    A workload with an IPv4 and an IPv6 address, looked at from both sides.
.DESCRIPTION
    Everything is removed at the end. Needs root. Uses core commands only.
.EXAMPLE
    ./dual-stack.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName, $web, $db = "dual-host-$suffix", "dual-web-$suffix", "dual-db-$suffix"
$null = New-NetNamespace $hostName
try {
    $endpoint = New-CalicoEndpoint $web 10.72.0.2, fd00:72::2 -HostNetNamespace $hostName -StaticNeighbor Enabled
    $null = New-CalicoEndpoint $db 10.72.0.3, fd00:72::3 -HostNetNamespace $hostName -StaticNeighbor Enabled
    "addresses  $($endpoint.IPAddress)"
    Get-HostRoute -NetNamespace $hostName | Where-Object InterfaceAlias -eq $endpoint.HostInterfaceAlias |
        ForEach-Object { "host       $($_.DestinationPrefix) on $($_.InterfaceAlias)" }
    Get-LinkLocalGateway $web | ForEach-Object { "workload   default via $($_.Gateway) and $($_.IPv6Gateway)" }
    Test-WorkloadConnection 10.72.0.3, fd00:72::3 -NetNamespace $web -Count 1 |
        ForEach-Object { "reached    $($_.TargetName): $($_.Succeeded)" }
}
finally {
    Get-CalicoEndpoint -HostNetNamespace $hostName | Remove-CalicoEndpoint
    Remove-NetNamespace $hostName
}
