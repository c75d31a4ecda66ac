#Requires -Modules Microsoft.PowerShell.PlatyPS
<#
.SYNOPSIS
    Makes the help that ships of the pages in docs/en-US.
.EXAMPLE
    ./build.ps1 Docs
#>
[CmdletBinding()]
param(
    # The folder that gets it.
    [string] $Destination = "$PSScriptRoot/../module/en-US"
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$work = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
try {
    # PlatyPS puts it into a folder of the module's name. The module's own page is no command.
    $null = Get-ChildItem "$PSScriptRoot/en-US/*-*.md" | Import-MarkdownCommandHelp | Export-MamlCommandHelp -OutputFolder $work
    Copy-Item "$work/CalicoNet/*-Help.xml" $Destination
}
finally {
    Remove-Item $work -Recurse -ErrorAction Ignore
}
