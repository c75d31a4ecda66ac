# Each cmdlet's happy path in real pwsh, in a host of its own for each; one that has none here fails.
BeforeDiscovery {
    $paths = @{
        'New-NetNamespace'            = { (New-NetNamespace "new-$suffix").Name | Should -Be "new-$suffix" }
        'Get-NetNamespace'            = { (Get-NetNamespace $work).Interfaces | Should -Be 'lo', 'v-cali' }
        'Remove-NetNamespace'         = { New-NetNamespace "new-$suffix" | Remove-NetNamespace; Get-NetNamespace "new-$suffix*" | Should -BeNullOrEmpty }
        'Enter-NetNamespace'          = { Enter-NetNamespace $work; (Get-HostInterface v-cali).NetNamespace | Should -Be $work; Exit-NetNamespace }
        'Exit-NetNamespace'           = { Enter-NetNamespace $work; Exit-NetNamespace; (Get-HostInterface lo).NetNamespace | Should -Be $node }
        'Invoke-NetNamespace'         = { Invoke-NetNamespace $work { (Get-HostInterface v-cali).InterfaceAlias } | Should -Be 'v-cali' }
        'Get-HostInterface'           = { (Get-HostInterface v-*).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Set-HostInterface'           = { ($pair | Set-HostInterface -MtuSize 1400).MtuSize | Should -Be 1400 }
        'New-VethPair'                = { (New-VethPair $work -InterfaceAlias v-two -HostInterfaceAlias v-two-peer).Status | Should -Be 'Up' }
        'Get-VethPair'                = { (Get-VethPair v-cali-peer).NetNamespace | Should -Be $work }
        'Remove-VethPair'             = { $pair | Remove-VethPair; Get-HostInterface v-* | Should -BeNullOrEmpty }
        'Add-HostAddress'             = { ($pair | Add-HostAddress 10.2.0.7).IPAddress | Should -Be '10.2.0.7' }
        'Get-HostAddress'             = { ($pair | Get-HostAddress -AddressFamily IPv4).IPAddress | Should -Be '10.2.0.1' }
        'Remove-HostAddress'          = { $pair | Get-HostAddress -AddressFamily IPv4 | Remove-HostAddress; $pair | Get-HostAddress -AddressFamily IPv4 | Should -BeNullOrEmpty }
        'Add-HostRoute'               = { ($pair | Add-HostRoute).Scope | Should -Be 'Link' }
        'Get-HostRoute'               = { $null = $pair | Add-HostRoute; (Get-HostRoute 10.2.0.1).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Remove-HostRoute'            = { $pair | Add-HostRoute | Remove-HostRoute; Get-HostRoute -InterfaceAlias v-* -AddressFamily IPv4 | Should -BeNullOrEmpty }
        'Find-HostRoute'              = { $null = $pair | Add-HostRoute; (Find-HostRoute 10.2.0.1).InterfaceAlias | Should -Be 'v-cali-peer' }
        'Enable-ProxyArp'             = { ($pair | Enable-ProxyArp).Status | Should -Be 'Enabled' }
        'Disable-ProxyArp'            = { ($pair | Enable-ProxyArp | Disable-ProxyArp -PassThru).Status | Should -Be 'Disabled' }
        'Get-ProxyArp'                = { (Get-ProxyArp v-cali-*).Status | Should -Be 'Disabled' }
        'Enable-IPForwarding'         = { (Enable-IPForwarding).IPv4 | Should -Be 'Enabled' }
        'Disable-IPForwarding'        = { (Disable-IPForwarding -PassThru).IPv4 | Should -Be 'Disabled' }
        'Get-IPForwarding'            = { (Get-IPForwarding).InterfaceAlias | Should -Be 'all' }
        'Set-LinkLocalGateway'        = { ($pair | Set-LinkLocalGateway).Gateway | Should -Be '169.254.1.1' }
        'Get-LinkLocalGateway'        = { $null = $pair | Set-LinkLocalGateway; (Get-LinkLocalGateway $work).InterfaceAlias | Should -Be 'v-cali' }
        'Remove-LinkLocalGateway'     = { $pair | Set-LinkLocalGateway | Remove-LinkLocalGateway; Get-LinkLocalGateway $work | Should -BeNullOrEmpty }
        'Enable-NatOutgoing'          = { (Enable-NatOutgoing 10.2.0.0/16).Status | Should -Be 'Enabled' }
        'Disable-NatOutgoing'         = { $pair | Enable-NatOutgoing | Disable-NatOutgoing; Get-NatOutgoing | Should -BeNullOrEmpty }
        'Get-NatOutgoing'             = { $null = $pair | Enable-NatOutgoing; (Get-NatOutgoing).SourcePrefix | Should -Be '10.2.0.1/32' }
        'Get-NeighborTable'           = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; (Get-NeighborTable -State Permanent).IPAddress | Should -Be '10.2.0.9' }
        'Measure-NeighborTable'       = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; (Measure-NeighborTable).Permanent | Should -Be 1 }
        'Clear-NeighborTable'         = { $null = Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer; Clear-NeighborTable -State Permanent; Get-NeighborTable -State Permanent | Should -BeNullOrEmpty }
        'Add-Neighbor'                = { (Add-Neighbor 10.2.0.9 EE-00-00-00-00-09 -InterfaceAlias v-cali-peer).LinkLayerAddress | Should -Be 'ee:00:00:00:00:09' }
        'Remove-Neighbor'             = { Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer | Remove-Neighbor; Get-NeighborTable -State Permanent | Should -BeNullOrEmpty }
        'Test-WorkloadConnection'     = { ($pair | Test-WorkloadConnection 10.2.0.1 -Count 1).Received | Should -Be 1 }
        'Connect-CalicoDatastore'     = { (Connect-CalicoDatastore "$TestDrive/$suffix.db").Status | Should -Be 'Open'; Disconnect-CalicoDatastore }
        'Get-CalicoDatastore'         = { (Get-CalicoDatastore).Kind | Should -Be 'SQLite' }
        'Disconnect-CalicoDatastore'  = { $store = Connect-CalicoDatastore "$TestDrive/$suffix.db"; Disconnect-CalicoDatastore; $store.Status | Should -Be 'Closed' }
        'Export-CalicoDatastore'      = { $null = New-CalicoIPPool lab 10.99.0.0/24; (Export-CalicoDatastore "$TestDrive/$suffix.json").Length | Should -BeGreaterThan 0 }
        'Import-CalicoDatastore'      = { $null = New-CalicoIPPool lab 10.99.0.0/24; $file = Export-CalicoDatastore "$TestDrive/$suffix.json"; (Import-CalicoDatastore $file -Datastore "$TestDrive/$suffix.db").Location | Should -BeLike "*$suffix.db" }
        'New-CalicoIPPool'            = { (New-CalicoIPPool lab 10.99.0.0/24).BlockSize | Should -Be 26 }
        'Get-CalicoIPPool'            = { $null = New-CalicoIPPool lab 10.99.0.0/24; (Get-CalicoIPPool l*).Cidr | Should -Be '10.99.0.0/24' }
        'Set-CalicoIPPool'            = { (New-CalicoIPPool lab 10.99.0.0/24 | Set-CalicoIPPool -Status Disabled).Status | Should -Be 'Disabled' }
        'Remove-CalicoIPPool'         = { New-CalicoIPPool lab 10.99.0.0/24 | Remove-CalicoIPPool; Get-CalicoIPPool lab* | Should -BeNullOrEmpty }
        'Get-CalicoIPBlock'           = { $null = New-CalicoIPPool lab 10.99.0.0/24; $null = Request-CalicoIPAllocation; (Get-CalicoIPBlock).AddressesInUse | Should -Be 1 }
        'Request-CalicoIPAllocation'  = { $null = New-CalicoIPPool lab 10.99.0.0/24; (Request-CalicoIPAllocation -Count 3).Count | Should -Be 3 }
        'Get-CalicoIPAllocation'      = { $null = New-CalicoIPPool lab 10.99.0.0/24; $null = New-CalicoEndpoint "web-$suffix" -StaticNeighbor Enabled; (Get-CalicoIPAllocation).Endpoint | Should -BeLike "default/*web--$suffix*" }
        'Remove-CalicoIPAllocation'   = { $null = New-CalicoIPPool lab 10.99.0.0/24; Request-CalicoIPAllocation | Remove-CalicoIPAllocation; Get-CalicoIPAllocation | Should -BeNullOrEmpty }
        'Get-CalicoIpamConfiguration' = { (Get-CalicoIpamConfiguration).StrictAffinity | Should -Be 'Disabled' }
        'Set-CalicoIpamConfiguration' = { (Set-CalicoIpamConfiguration -CoolDownSeconds 30).CoolDownSeconds | Should -Be 30 }
        'Test-CalicoIpam'             = { Test-CalicoIpam -Quiet | Should -BeTrue }
        'Repair-CalicoIpam'           = { Repair-CalicoIpam -MinimumAge 0 | Should -BeNullOrEmpty }
        'Get-CalicoNode'              = { $null = Register-CalicoNode node-b; (Get-CalicoNode node-*).Name | Should -Be 'node-b' }
        'Register-CalicoNode'         = { (Register-CalicoNode node-b rack=1).Label | Should -Be 'rack=1' }
        'Unregister-CalicoNode'       = { Register-CalicoNode node-b | Unregister-CalicoNode; Get-CalicoNode | Should -BeNullOrEmpty }
        'Repair-CalicoEndpoint'       = { $null = New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled; Remove-NetNamespace "web-$suffix" -Force; (Get-CalicoEndpoint | Repair-CalicoEndpoint).Passed | Should -Not -Contain $false }
        'New-CalicoEndpoint'          = { (New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled).Status | Should -Be 'Ready' }
        'Get-CalicoEndpoint'          = { $null = New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled; (Get-CalicoEndpoint web-*).IPAddress | Should -Be '10.65.0.2' }
        'Remove-CalicoEndpoint'       = { New-CalicoEndpoint "web-$suffix" 10.65.0.2 -StaticNeighbor Enabled | Remove-CalicoEndpoint; Get-CalicoEndpoint | Should -BeNullOrEmpty }
    }
    $cmdlets = (Get-Command -Module CalicoNet).Name | ForEach-Object { @{ Name = $_; Path = $paths[$_] } }
}

Describe 'the happy path' {
    BeforeAll { $datastore = $env:CALICONET_DATASTORE }

    AfterAll { $env:CALICONET_DATASTORE = $datastore }

    BeforeEach {
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
        $node, $work = "node-$suffix", "work-$suffix"
        $env:CALICONET_DATASTORE = "$TestDrive/$suffix/caliconet.db"   # one's pools are not the next one's
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
