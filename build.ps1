#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, packs or publishes the module. What it does is in the projects: this only calls dotnet, and PSResourceGet to publish.
.EXAMPLE
    ./build.ps1
    Stages output/CalicoNet/<version>/ exactly as it is published.
.EXAMPLE
    ./build.ps1 Docs
    Makes the help that ships of the pages in docs/en-US. Needs Microsoft.PowerShell.PlatyPS.
.EXAMPLE
    ./build.ps1 Test
    Runs all tests, the Pester specs among them. As root, or those that need root say that they were skipped.
.EXAMPLE
    ./build.ps1 Package
    Stages the folder, and makes output/CalicoNet.<version>.nupkg of it, which is what the Gallery gets.
.EXAMPLE
    ./build.ps1 Publish -Repository PSGallery -ApiKey $key
    Packs, and uploads the package.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Docs', 'Test', 'Package', 'Publish')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    # For Publish: a repository as Get-PSResourceRepository knows it.
    [string] $Repository,

    # For Publish: the repository's key; a folder needs none.
    [string] $ApiKey
)

$ErrorActionPreference = 'Stop'
if ($Task -eq 'Publish' -and -not $Repository) {
    throw 'Publish needs -Repository: see Get-PSResourceRepository.'
}

Push-Location $PSScriptRoot
try {
    $global:LASTEXITCODE = 0
    switch ($Task) {
        'Build' { dotnet build src/CalicoNet.PowerShell --configuration $Configuration --nologo }
        'Docs' { ./docs/Export-Help.ps1 }
        'Test' { dotnet test --configuration $Configuration }
        { $_ -in 'Package', 'Publish' } { dotnet pack src/CalicoNet.PowerShell --configuration $Configuration --nologo }
    }

    if ($LASTEXITCODE -ne 0) {
        throw "$Task failed with exit code $LASTEXITCODE."
    }

    if ($Task -eq 'Publish') {
        $version = (Import-PowerShellDataFile CalicoNet.psd1).ModuleVersion
        $key = $ApiKey ? @{ ApiKey = $ApiKey } : @{}
        Publish-PSResource -NupkgPath "output/CalicoNet.$version.nupkg" -Repository $Repository @key
    }
}
finally {
    Pop-Location
}
