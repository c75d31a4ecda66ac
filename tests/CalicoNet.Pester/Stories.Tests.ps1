# The user's stories in real pwsh: a host with an uplink and a server outside, entered before and left behind.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
    $hostName, $outside = "host-$suffix", "outside-$suffix"
    $null = New-NetNamespace $hostName
    $null = New-NetNamespace $outside | New-VethPair -HostNetNamespace $hostName -HostInterfaceAlias up0 -IPAddress 192.0.2.2/24
    $null = Set-HostInterface lo -Status Up -NetNamespace $outside
    $null = Add-HostAddress 203.0.113.8 -InterfaceAlias lo -NetNamespace $outside
    Enter-NetNamespace $hostName
    $null = Add-HostAddress 192.0.2.1/24 -InterfaceAlias up0
    $null = Add-HostRoute 0.0.0.0/0 -NextHop 192.0.2.2 -InterfaceAlias up0
}

AfterAll {
    Get-CalicoEndpoint | Remove-CalicoEndpoint
    Exit-NetNamespace
    Get-NetNamespace "*-$suffix" | Remove-NetNamespace
}

Describe 'an endpoint' {
    AfterEach { Get-CalicoEndpoint | Remove-CalicoEndpoint }

    It 'is made, reaches the outside, is listed and removed' {
        New-CalicoEndpoint "web-$suffix" 10.65.0.2 | Test-WorkloadConnection 203.0.113.8 -Count 1 -Quiet | Should -BeTrue
        (Get-CalicoEndpoint "web-$suffix").Status | Should -Be 'Ready'
        Remove-CalicoEndpoint "web-$suffix"
        Get-CalicoEndpoint | Should -BeNullOrEmpty
    }

    It 'that exists is an error with a stable id, and -Force takes an equal one' {
        $null = New-CalicoEndpoint "web-$suffix" 10.65.0.2
        { New-CalicoEndpoint "web-$suffix" 10.65.0.2 } | Should -Throw -ErrorId 'ResourceExists,CalicoNet.Commands.NewCalicoEndpointCommand'
        (New-CalicoEndpoint "web-$suffix" 10.65.0.2 -Force).Name | Should -Be "web-$suffix"
    }

    It 'is only planned under -WhatIf' {
        (New-CalicoEndpoint "web-$suffix" 10.65.0.2 -WhatIf).Planned | Should -BeTrue
        Get-CalicoEndpoint | Should -BeNullOrEmpty
    }
}

Describe 'objects travel' {
    AfterEach { Get-CalicoEndpoint | Remove-CalicoEndpoint }
    BeforeEach { $endpoint = New-CalicoEndpoint "web-$suffix" 10.65.0.2, fd00:65::2 }

    It 'through JSON' {
        $json = $endpoint | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        $json.Name | Should -Be $endpoint.Name
        $json.IPAddress | Should -Be '10.65.0.2', 'fd00:65::2'
        $json.Status | Should -BeOfType [string]
    }

    It 'through CSV to an equal endpoint' {
        $rows = $endpoint | Select-Object Name, IPAddress, MacAddress, MtuSize, NatOutgoing, StaticNeighbor, Gateway | ConvertTo-Csv | ConvertFrom-Csv
        $endpoint | Remove-CalicoEndpoint
        $again = $rows | New-CalicoEndpoint
        foreach ($property in 'Name', 'MacAddress', 'MtuSize', 'NatOutgoing', 'StaticNeighbor', 'Gateway', 'HostInterfaceAlias') {
            $again.$property | Should -Be $endpoint.$property -Because $property
        }
        "$($again.IPAddress)" | Should -Be "$($endpoint.IPAddress)"
    }

    It 'through CLIXML, and a pair that came through is taken as a pair' {
        $file = Join-Path $TestDrive 'pair.xml'
        $endpoint.VethPair | Export-Clixml $file
        (Import-Clixml $file | Get-HostAddress -AddressFamily IPv4).IPAddress | Should -Be '10.65.0.2'
    }

    It 'out of a job' {
        $module = "$((Get-Module CalicoNet).ModuleBase)/CalicoNet.psd1"
        $found = Start-Job { Import-Module $using:module; Get-CalicoEndpoint -HostNetNamespace $using:hostName } | Receive-Job -Wait -AutoRemoveJob
        $found.Name | Should -Be "web-$suffix"
        $found | Test-WorkloadConnection 203.0.113.8 -Count 1 -Quiet | Should -BeTrue
    }

    It 'out of parallel runspaces, which begin in the session''s own namespace' {
        $module = "$((Get-Module CalicoNet).ModuleBase)/CalicoNet.psd1"
        1 | ForEach-Object -Parallel { Import-Module $using:module; (Get-HostInterface lo).NetNamespace } | Should -Be '.'
    }
}

Describe 'a pipeline of steps' {
    It 'makes what an endpoint has, step by step' {
        $pair = New-NetNamespace "steps-$suffix" | New-VethPair -IPAddress 10.2.0.1
        $null = $pair | Add-HostRoute | Enable-ProxyArp | Set-LinkLocalGateway | Enable-NatOutgoing
        $null = Enable-IPForwarding
        $pair | Test-WorkloadConnection 203.0.113.8 -Count 1 -Quiet | Should -BeTrue
        (Measure-NeighborTable "steps-$suffix" -AddressFamily IPv4).Count | Should -BeLessOrEqual 2
        Remove-NetNamespace "steps-$suffix"
    }

    It 'shows its tables' {
        $text = Get-HostRoute -AddressFamily IPv4 | Out-String
        $text | Should -Match 'DestinationPrefix'
        $text | Should -Match '0\.0\.0\.0/0'
    }
}

Describe 'errors' {
    It 'name the input and the way out: <Command>' -ForEach @(
        @{ Command = { New-NetNamespace '../../etc' }; Id = 'InvalidArgument'; Named = '../../etc' }
        @{ Command = { Get-NetNamespace no-such }; Id = 'ObjectNotFound'; Named = 'no-such' }
        @{ Command = { Add-HostRoute 10.7.0.0/16 -NextHop 198.51.100.99 -InterfaceAlias up0 }; Id = 'NetworkUnreachable'; Named = '198.51.100.99' }
    ) {
        $fault = { & $Command } | Should -Throw -PassThru
        $fault.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $fault.ToString() | Should -BeLike "*$Named*"
        $fault.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'completion' {
    It 'knows namespaces, and interfaces of the current one' {
        (TabExpansion2 "Get-HostRoute -NetNamespace outside-" ).CompletionMatches.CompletionText | Should -Contain $outside
        (TabExpansion2 'Get-HostInterface up').CompletionMatches.CompletionText | Should -Contain 'up0'
    }
}

Describe 'help' {
    It 'of <_> has a synopsis and two examples' -ForEach (Get-Command -Module CalicoNet).Name {
        $help = Get-Help $_
        $help.Synopsis | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }
}
