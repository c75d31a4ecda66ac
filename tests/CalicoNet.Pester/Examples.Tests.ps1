# Every script in docs/examples, as it is, in real pwsh.
BeforeDiscovery {
    $arguments = @{
        'from-csv.ps1' = @{ Path = 'endpoints.csv' }
        'report.ps1'   = @{}
    }
    $scripts = Get-ChildItem "$PSScriptRoot/../../docs/examples/*.ps1" -Exclude '*.Tests.ps1' | ForEach-Object {
        @{ Name = $_.Name; Script = $_.FullName; Arguments = $arguments[$_.Name] ?? @{} }
    }
}

Describe 'examples' {
    BeforeAll {
        $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
        $null = New-NetNamespace "host-$suffix"
        Enter-NetNamespace "host-$suffix"
        Push-Location $TestDrive
        @(
            [pscustomobject]@{ Name = "csv1-$suffix"; IPAddress = '10.75.0.1'; StaticNeighbor = 'Enabled' }
            [pscustomobject]@{ Name = "csv2-$suffix"; IPAddress = '10.75.0.2, fd00:75::2'; StaticNeighbor = 'Enabled' }
        ) | Export-Csv endpoints.csv
    }

    AfterAll {
        Pop-Location
        Get-CalicoEndpoint | Remove-CalicoEndpoint
        Exit-NetNamespace
        Get-CalicoEndpoint | Remove-CalicoEndpoint
        Remove-NetNamespace "host-$suffix"
    }

    It '<Name> runs without an error' -ForEach $scripts {
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        $Error.Clear()
        $global:LASTEXITCODE = 0
        & $Script @Arguments | Out-String | Should -Not -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }
}
