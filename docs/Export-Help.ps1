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
    $pages = Get-ChildItem "$PSScriptRoot/en-US/*-*.md" | Import-MarkdownCommandHelp
    $null = $pages | Export-MamlCommandHelp -OutputFolder $work

    # PlatyPS reads defaults and leaves them out of what it writes, where it has a control character for each empty line.
    $file = (Get-Item "$work/CalicoNet/*-Help.xml").FullName
    $maml = [xml]::new()
    $maml.Load($file)
    foreach ($element in $maml.SelectNodes('//*[local-name() = "parameters"]/*')) {
        $parameters = ($pages | Where-Object Title -EQ $element.ParentNode.ParentNode.details.name).Parameters
        $default = ($parameters | Where-Object Name -EQ $element.name).DefaultValue
        if ($default) {
            $told = $maml.CreateElement('dev', 'defaultValue', 'http://schemas.microsoft.com/maml/dev/2004/10')
            $told.InnerText = $default
            $null = $element.AppendChild($told)
        }
    }

    foreach ($line in $maml.SelectNodes("//*[local-name() = 'para' and . = '`u{80}']")) {
        $line.InnerText = ''
    }

    $writer = [Xml.XmlWriter]::Create($file, [Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [Text.UTF8Encoding]::new($false) })
    $maml.Save($writer)
    $writer.Close()
    Copy-Item $file $Destination
}
finally {
    Remove-Item $work -Recurse -ErrorAction Ignore
}
