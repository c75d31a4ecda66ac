<#
.SYNOPSIS
    Writes a shell script that makes an endpoint with ip, nft and sysctl: what CalicoNet does, for those who want to read it.
.DESCRIPTION
    With -Verbose each step is told as the command line that does the same. Nothing stays. Needs root. Uses core commands only.
.EXAMPLE
    ./commands-of-an-endpoint.ps1 10.65.0.2, fd00:65::2
#>
[CmdletBinding()]
param(
    # The endpoint's addresses.
    [string[]] $IPAddress = '10.65.0.2'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
$hostName = "told-host-$suffix"
$null = New-NetNamespace $hostName
try {
    '#!/bin/sh'
    'set -e'
    New-CalicoEndpoint "told-$suffix" $IPAddress -HostNetNamespace $hostName -StaticNeighbor Enabled -Verbose 4>&1 |
        Where-Object { $_ -is [Management.Automation.VerboseRecord] } |
        ForEach-Object { $_.Message }
}
finally {
    Get-CalicoEndpoint -HostNetNamespace $hostName | Remove-CalicoEndpoint
    Remove-NetNamespace $hostName
}
