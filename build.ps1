#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds the module, or tests it. What it does is in the projects: this only calls dotnet.
.EXAMPLE
    ./build.ps1
    Stages output/CalicoNet/<version>/ exactly as it is published.
.EXAMPLE
    ./build.ps1 Docs
    Makes the help that ships of the pages in docs/en-US. Needs Microsoft.PowerShell.PlatyPS.
.EXAMPLE
    ./build.ps1 Test
    Runs all tests. As root, or those that need root say that they were skipped.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Docs', 'Test')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Build' { dotnet build src/CalicoNet.PowerShell --configuration $Configuration --nologo }
        'Docs' {
            Import-Module Microsoft.PowerShell.PlatyPS
            $output = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
            try {
                $null = Get-ChildItem docs/en-US/*-*.md | Import-MarkdownCommandHelp | Export-MamlCommandHelp -OutputFolder $output
                Copy-Item "$output/CalicoNet/*-Help.xml" module/en-US/
            }
            finally {
                Remove-Item $output -Recurse -ErrorAction Ignore
            }
            $global:LASTEXITCODE = 0
        }
        'Test' { dotnet test --configuration $Configuration }
    }

    if ($LASTEXITCODE -ne 0) {
        throw "$Task failed with exit code $LASTEXITCODE."
    }
}
finally {
    Pop-Location
}
