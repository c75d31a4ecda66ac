#Requires -PSEdition Core
<#
.SYNOPSIS
    Makes endpoints from a CSV file, and writes what was made to another one.
.DESCRIPTION
    Columns are New-CalicoEndpoint's parameters: Name, IPAddress (several parted by commas), and any other that is wanted. The file that is
    written can be read again. Needs root, and pwsh.
.EXAMPLE
    ./from-csv.ps1 -Path endpoints.csv -OutputPath made.csv
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The file to read.
    [Parameter(Mandatory)]
    [string] $Path,

    # The file to write; without it objects come out.
    [string] $OutputPath,

    # The namespace that plays the host; without it this session's own.
    [string] $HostNetNamespace = '.'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
    Import-Module "$PSScriptRoot/../../output/CalicoNet"
}
# One bad row is an error, and the next has its turn.
$made = Import-Csv $Path | New-CalicoEndpoint -HostNetNamespace $HostNetNamespace -ErrorAction Continue
if ($OutputPath) {
    $made | Select-Object Name, WorkloadNamespace, IPAddress, MacAddress, MtuSize, NatOutgoing, StaticNeighbor, Gateway | Export-Csv $OutputPath
}
else {
    $made
}
