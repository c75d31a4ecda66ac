@{
    RootModule        = 'CalicoNet.EmptyModule.dll'
    ModuleVersion     = '1.0.0'
    GUID              = 'd9f8a1f4-63a8-4a0c-8f0e-5f0b6a8b7c11'
    PowerShellVersion = '7.6'
    CmdletsToExport   = @('Get-Nothing')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
