#Requires -PSEdition Core
<#
.SYNOPSIS
    Makes endpoints in several runspaces at once.
.DESCRIPTION
    Each runspace imports the module and begins in the session's own namespace: the host is handed over by its name. Everything is removed at
    the end. Needs root, and pwsh.
.EXAMPLE
    ./parallel.ps1 -Count 64 -ThrottleLimit 8
#>
[CmdletBinding()]
param(
    # How many endpoints, 1 to 250.
    [ValidateRange(1, 250)]
    [int] $Count = 64,

    # How many at once.
    [ValidateRange(1, 32)]
    [int] $ThrottleLimit = 4
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName = "par-host-$suffix"
$module = "$((Get-Module CalicoNet).ModuleBase)/CalicoNet.psd1"
$null = New-NetNamespace $hostName
try {
    $made = 1..$Count | ForEach-Object -ThrottleLimit $ThrottleLimit -Parallel {
        Import-Module $using:module
        New-CalicoEndpoint "par$_-$using:suffix" "10.73.0.$_" -HostNetNamespace $using:hostName -StaticNeighbor Enabled
    }
    "made      $(@($made).Count), ready $(@($made | Where-Object Status -eq Ready).Count)"
    "listed    $(@(Get-CalicoEndpoint -HostNetNamespace $hostName).Count)"
}
finally {
    Get-CalicoEndpoint -HostNetNamespace $hostName | Remove-CalicoEndpoint
    Remove-NetNamespace $hostName
}
