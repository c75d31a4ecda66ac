#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }
<#
.SYNOPSIS
    How a network is tested with Pester: everything happens in a namespace that plays the host, which BeforeAll enters.
.EXAMPLE
    Invoke-Pester ./network.Tests.ps1
#>
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Command New-CalicoEndpoint -ErrorAction Ignore)) {
        Import-Module "$PSScriptRoot/../../output/CalicoNet"
    }

    $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
    $null = New-NetNamespace "host-$suffix"
    Enter-NetNamespace "host-$suffix"
    $web = New-CalicoEndpoint "web-$suffix" 10.74.0.2 -StaticNeighbor Enabled
    $db = New-CalicoEndpoint "db-$suffix" 10.74.0.3 -StaticNeighbor Enabled
}

AfterAll {
    Get-CalicoEndpoint | Remove-CalicoEndpoint
    Exit-NetNamespace
    Remove-NetNamespace "host-$suffix"
}

Describe 'the network' {
    It 'has two workloads that are ready' {
        (Get-CalicoEndpoint).Status | Should -Be 'Ready', 'Ready'
    }

    It 'lets the web server reach the database' {
        $web | Test-WorkloadConnection $db.IPAddress -Count 1 -Quiet | Should -BeTrue
    }

    It 'routes each address to its own workload' {
        (Find-HostRoute $db.IPAddress).InterfaceAlias | Should -Be $db.HostInterfaceAlias
    }
}
