<#
.SYNOPSIS
    Makes 200 endpoints, looks at them, and removes them.
.DESCRIPTION
    Works in a namespace that plays the host, and removes it at the end. Needs root. Uses core commands only.
.EXAMPLE
    ./two-hundred-endpoints.ps1 -Count 50
#>
[CmdletBinding()]
param(
    # How many, 1 to 250.
    [ValidateRange(1, 250)]
    [int] $Count = 200
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName = "many-host-$suffix"
$null = New-NetNamespace $hostName
try {
    # This host has no uplink, and so no default route by which it would answer ARP for the workloads' gateway.
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $made = 1..$Count | New-CalicoEndpoint -Name { "many$_-$suffix" } -IPAddress { "10.66.0.$_" } -HostNetNamespace $hostName -StaticNeighbor Enabled
    "made      $(@($made).Count) in $($clock.ElapsedMilliseconds) ms"

    $found = Get-CalicoEndpoint -HostNetNamespace $hostName
    "listed    $(@($found).Count), $(@($found | Where-Object Status -eq Ready).Count) of them ready"

    # Two workloads of one host reach each other through it.
    $first, $last = "many1-$suffix", "10.66.0.$Count"
    "reached   $last from ${first}: $(Test-WorkloadConnection $last -NetNamespace $first -Count 1 -Quiet)"

    $clock.Restart()
    $found | Remove-CalicoEndpoint
    "removed   all in $($clock.ElapsedMilliseconds) ms, $(@(Get-CalicoEndpoint -HostNetNamespace $hostName).Count) are left"
}
finally {
    Get-CalicoEndpoint -HostNetNamespace $hostName | Remove-CalicoEndpoint
    Remove-NetNamespace $hostName
}
