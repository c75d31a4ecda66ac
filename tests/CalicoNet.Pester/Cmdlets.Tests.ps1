# Each cmdlet's happy path in real pwsh, in a host of its own for each; one that has none here fails.
BeforeDiscovery {
    $paths = @{
        'New-NetNamespace'        = { (New-NetNamespace "new-$suffix").Name | Should -Be "new-$suffix" }
        'Get-NetNamespace'        = { (Get-NetNamespace $work).Interfaces | Should -Be 'lo', 'v-cali' }
        'Remove-NetNamespace'     = { New-NetNamespace "new-$suffix" | Remove-NetNamespace; Get-NetNamespace "new-$suffix*" | Should -BeNullOrEmpty }
        'Enter-NetNamespace'      = { Enter-NetNamespace $work; (Get-HostInterface v-cali).NetNamespace | Should -Be $work; Exit-NetNamespace }
        'Exit-NetNamespace'       = { Enter-NetNamespace $work; Exit-NetNamespace; (Get-HostInterface lo).NetNamespace | Should -Be $node }
        'Invoke-NetNamespace'     = { Invoke-NetNamespace $work { (Get-HostInterface v-cali).InterfaceAlias } | Should -Be 'v-cali' }
        'Get-HostInterface'       = { (Get-HostInterface v-*).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Set-HostInterface'       = { ($pair | Set-HostInterface -MtuSize 1400).MtuSize | Should -Be 1400 }
        'New-VethPair'            = { (New-VethPair $work -InterfaceAlias v-two -HostInterfaceAlias v-two-peer).Status | Should -Be 'Up' }
        'Get-VethPair'            = { (Get-VethPair v-cali-peer).NetNamespace | Should -Be $work }
        'Remove-VethPair'         = { $pair | Remove-VethPair; Get-HostInterface v-* | Should -BeNullOrEmpty }
        'Add-HostAddress'         = { ($pair | Add-HostAddress 10.2.0.7).IPAddress | Should -Be '10.2.0.7' }
        'Get-HostAddress'         = { ($pair | Get-HostAddress -AddressFamily IPv4).IPAddress | Should -Be '10.2.0.1' }
        'Remove-HostAddress'      = { $pair | Get-HostAddress -AddressFamily IPv4 | Remove-HostAddress; $pair | Get-HostAddress -AddressFamily IPv4 | Should -BeNullOrEmpty }
        'Add-HostRoute'           = { ($pair | Add-HostRoute).Scope | Should -Be 'Link' }
        'Get-HostRoute'           = { $null = $pair | Add-HostRoute; (Get-HostRoute 10.2.0.1).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Remove-HostRoute'        = { $pair | Add-HostRoute | Remove-HostRoute; Get-HostRoute -InterfaceAlias v-* -AddressFamily IPv4 | Should -BeNullOrEmpty }
        'Find-HostRoute'          = { $null = $pair | Add-HostRoute; (Find-HostRoute 10.2.0.1).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Enable-ProxyArp'         = { ($pair | Enable-ProxyArp).Status | Should -Be 'Enabled' }
        'Disable-ProxyArp'        = { ($pair | Enable-ProxyArp | Disable-ProxyArp -PassThru).Status | Should -Be 'Disabled' }
        'Get-ProxyArp'            = { (Get-ProxyArp v-cali-*).Status | Should -Be 'Disabled' }
        'Enable-IPForwarding'     = { (Enable-IPForwarding).IPv4 | Should -Be 'Enabled' }
        'Disable-IPForwarding'    = { (Disable-IPForwarding -PassThru).IPv4 | Should -Be 'Disabled' }
        'Get-IPForwarding'        = { (Get-IPForwarding).InterfaceAlias | Should -Be 'all' }
        'Set-LinkLocalGateway'    = { ($pair | Set-LinkLocalGateway).Gateway | Should -Be '169.254.1.1' }
        'Get-LinkLocalGateway'    = { $null = $pair | Set-LinkLocalGateway; (Get-LinkLocalGateway $work).InterfaceAlias | Should -Be 'v-cali' }
        'Remove-LinkLocalGateway' = { $pair | Set-LinkLocalGateway | Remove-LinkLocalGateway; Get-LinkLocalGateway $work | Should -BeNullOrEmpty }
        'Enable-NatOutgoing'      = { (Enable-NatOutgoing 10.2.0.0/16).Status | Should -Be 'Enabled' }
        'Disable-NatOutgoing'     = { $pair | Enable-NatOutgoing | Disable-NatOutgoing; Get-NatOutgoing | Should -BeNullOrEmpty }
        'Get-NatOutgoing'         = { $null = $pair | Enable-NatOutgoing; (Get-NatOutgoing).SourcePrefix | Should -Be '10.2.0.1/32' }
        'Get-NeighborTable'       = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; (Get-NeighborTable -State Permanent).IPAddress | Should -Be '10.2.0.9' }
        'Measure-NeighborTable'   = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; (Measure-NeighborTable).Permanent | Should -Be 1 }
        'Clear-NeighborTable'     = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; Clear-NeighborTable -State Permanent; Get-NeighborTable -State Permanent | Should -BeNullOrEmpty }
        'Add-Neighbor'            = { (Add-Neighbor 10.2.0.9 EE-00-00-00-00-09 -InterfaceAlias v-cali-peer).LinkLayerAddress | Should -Be 'ee:00:00:00:00:09' }
        'Remove-Neighbor'         = { Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer | Remove-Neighbor; Get-NeighborTable -State Permanent | Should -BeNullOrEmpty }
        'Test-WorkloadConnection' = { ($pair | Test-WorkloadConnection 10.2.0.1 -Count 1).Received | Should -Be 1 }
        'New-CalicoEndpoint'      = { (New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled).Status | Should -Be 'Ready' }
        'Get-CalicoEndpoint'      = { $null = New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled; (Get-CalicoEndpoint web-*).IPAddress | Should -Be '10.65.0.2' }
        'Remove-CalicoEndpoint'   = { New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled | Remove-CalicoEndpoint; Get-CalicoEndpoint | Should -BeNullOrEmpty }
    }
    $cmdlets = (Get-Command -Module CalicoNet).Name | ForEach-Object { @{ Name = $_; Path = $paths[$_] } }
}

Describe 'the happy path' {
    BeforeEach {
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
        $node, $work = "node-$suffix", "work-$suffix"
        $null = New-NetNamespace $node
        Enter-NetNamespace $node
        $pair = New-NetNamespace $work | New-VethPair -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1
        $null = Set-HostInterface lo -Status Up -NetNamespace $work
    }

    AfterEach {
        Get-CalicoEndpoint | Remove-CalicoEndpoint
        Exit-NetNamespace
        Get-NetNamespace "*-$suffix" | Remove-NetNamespace
    }

    It 'of <Name>' -ForEach $cmdlets {
        $Path | Should -Not -BeNullOrEmpty -Because "$Name needs one"
        . $Path
    }
}
