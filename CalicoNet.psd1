@{
    RootModule           = 'CalicoNet.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0a4c1e-6d0c-4f43-9d5a-2b8f1f0f6c11'
    Author               = 'CalicoNet contributors'
    CompanyName          = 'CalicoNet contributors'
    Copyright            = '(c) 2026 CalicoNet contributors. MIT license.'
    Description          = 'Calico-style container networking on Linux as objects: network namespaces, veth pairs, /32 routes, proxy ARP, the 169.254.1.1 gateway, outgoing NAT, neighbor tables, workload endpoints. Speaks netlink itself.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('CalicoNet.Format.ps1xml')
    TypesToProcess       = @('CalicoNet.Types.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'New-NetNamespace'
        'Get-NetNamespace'
        'Remove-NetNamespace'
        'Enter-NetNamespace'
        'Exit-NetNamespace'
        'Invoke-NetNamespace'
        'Get-HostInterface'
        'Set-HostInterface'
        'New-VethPair'
        'Get-VethPair'
        'Remove-VethPair'
        'Add-HostAddress'
        'Get-HostAddress'
        'Remove-HostAddress'
        'Add-HostRoute'
        'Get-HostRoute'
        'Remove-HostRoute'
        'Find-HostRoute'
        'Enable-ProxyArp'
        'Disable-ProxyArp'
        'Get-ProxyArp'
        'Enable-IPForwarding'
        'Disable-IPForwarding'
        'Get-IPForwarding'
        'Set-LinkLocalGateway'
        'Get-LinkLocalGateway'
        'Remove-LinkLocalGateway'
        'Enable-NatOutgoing'
        'Disable-NatOutgoing'
        'Get-NatOutgoing'
        'Get-NeighborTable'
        'Measure-NeighborTable'
        'Clear-NeighborTable'
        'Add-Neighbor'
        'Remove-Neighbor'
        'Test-WorkloadConnection'
        'Connect-CalicoDatastore'
        'Get-CalicoDatastore'
        'Disconnect-CalicoDatastore'
        'New-CalicoEndpoint'
        'Get-CalicoEndpoint'
        'Remove-CalicoEndpoint'
        'Repair-CalicoEndpoint'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('Linux', 'PSEdition_Core', 'networking', 'calico', 'netns', 'cni', 'netlink', 'veth')
            ProjectUri   = 'https://github.com/caliconet/caliconet'
            IconUri      = 'https://raw.githubusercontent.com/caliconet/caliconet/main/module/icon.png'
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md in the module folder.'
        }
    }
}
