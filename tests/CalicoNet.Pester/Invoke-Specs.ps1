#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }
<#
.SYNOPSIS
    Runs the specs in this folder, and those among the examples, against the staged module. Ends with exit code 1 when one fails.
.DESCRIPTION
    Needs root. Run it in namespaces of its own, so that the machine's network stays what it is:
    unshare --net --mount sh -c 'mount -t tmpfs tmpfs /run && ip link set lo up && pwsh tests/CalicoNet.Pester/Invoke-Specs.ps1'
#>
[CmdletBinding()]
param(
    # Which specs; without it all.
    [string[]] $Path = @($PSScriptRoot, "$PSScriptRoot/../../docs/examples/network.Tests.ps1")
)

$ErrorActionPreference = 'Stop'
$module = $env:CALICONET_MODULE ? $env:CALICONET_MODULE : "$PSScriptRoot/../../output/CalicoNet"
Import-Module $module
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.TestResult.Enabled = $false
Invoke-Pester -Configuration $configuration
