#Requires -PSEdition Core
<#
.SYNOPSIS
    A report of a host's endpoints as JSON: what they are, and whether they reach a target.
.DESCRIPTION
    Changes nothing. Needs root, to send from inside the workloads, and pwsh.
.EXAMPLE
    ./report.ps1 -TargetName 203.0.113.8 | Out-File report.json
#>
[CmdletBinding()]
param(
    # The namespace that plays the host; without it this session's own.
    [string] $HostNetNamespace = '.',

    # An address that every workload should reach; without it nothing is sent.
    [string] $TargetName
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
$endpoints = @(Get-CalicoEndpoint -HostNetNamespace $HostNetNamespace)
[pscustomobject]@{
    Time      = Get-Date
    Count     = $endpoints.Count
    Degraded  = @($endpoints | Where-Object Status -ne Ready | ForEach-Object Name)
    Endpoints = @($endpoints | ForEach-Object {
            [pscustomobject]@{
                Name    = $_.Name
                Address = $_.IPAddress
                Status  = $_.Status
                Reaches = if ($TargetName) { $_ | Test-WorkloadConnection $TargetName -Count 1 -Quiet } else { $null }
            }
        })
} | ConvertTo-Json -Depth 4
