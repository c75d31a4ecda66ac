<#
.SYNOPSIS
    Runs the specs in this folder, and those among the examples, against the staged module. Ends with exit code 1 when one fails.
.DESCRIPTION
    Needs root. Run it in namespaces of its own, so that the machine's network stays what it is:
    unshare --net --mount sh -c 'mount -t tmpfs tmpfs /run && ip link set lo up && pwsh tests/CalicoNet.Pester/Invoke-Specs.ps1'
    The datastore is one of its own, and goes at the end.
#>
[CmdletBinding()]
param(
    # Which specs; without it all.
    [string[]] $Path = @($PSScriptRoot, "$PSScriptRoot/../../docs/examples/network.Tests.ps1")
)

$ErrorActionPreference = 'Stop'
# Not by #Requires -Modules: pwsh -File then loses the exit code (seen in 7.6.9).
Import-Module Pester -MinimumVersion 5.0
$module = $env:CALICONET_MODULE ? $env:CALICONET_MODULE : "$PSScriptRoot/../../output/CalicoNet"
Import-Module $module
$folder = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name "caliconet-specs-$([guid]::NewGuid().ToString('n'))"
$env:CALICONET_DATASTORE = "$folder/caliconet.db"
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.TestResult.Enabled = $false
try {
    exit (Invoke-Pester -Configuration $configuration).Result -eq 'Passed' ? 0 : 1
}
finally {
    Remove-Item $folder -Recurse -Force
}
