# The examples of every help page, as they are, in real pwsh: a page's one after the other, on a host with an uplink, a gateway and a server outside.
# They use the names that the pages use: where namespaces are already, they are left out.
BeforeDiscovery {
    $pages = Get-ChildItem "$PSScriptRoot/../../docs/en-US/*-*.md" | ForEach-Object {
        $examples = ((Get-Content $_ -Raw) -split '(?m)^## ').Where({ $_ -like 'EXAMPLES*' })
        $code = [regex]::Matches($examples, '(?s)```powershell\n(.*?)```').ForEach({ $_.Groups[1].Value })
        @{ Name = $_.BaseName; Code = $code -join "`n"; Count = $code.Count }
    }
    $isTaken = @(Get-NetNamespace).Count -gt 0
}

Describe 'the examples' -Skip:$isTaken {
    BeforeAll { $datastore = $env:CALICONET_DATASTORE }

    AfterAll { $env:CALICONET_DATASTORE = $datastore }

    BeforeEach {
        # One page's pools are not the next one's.
        $env:CALICONET_DATASTORE = "$TestDrive/$([guid]::NewGuid()).db"
        $null = New-NetNamespace page-host
        Enter-NetNamespace page-host
        $null = New-NetNamespace outside | New-VethPair -HostInterfaceAlias up0 -InterfaceAlias out0 -IPAddress 192.0.2.254/24
        $null = Add-HostAddress 192.0.2.1/24 -InterfaceAlias up0
        $null = Add-HostRoute 0.0.0.0/0 -NextHop 192.0.2.254 -InterfaceAlias up0
        $null = Set-HostInterface lo -Status Up
        $null = Set-HostInterface lo -Status Up -NetNamespace outside
        $null = Add-HostAddress 203.0.113.8 -InterfaceAlias lo -NetNamespace outside
    }

    AfterEach {
        Exit-NetNamespace
        Get-CalicoEndpoint -HostNetNamespace page-host | Remove-CalicoEndpoint
        Get-NetNamespace | Remove-NetNamespace -Force
    }

    It 'of <Name> run without an error' -ForEach $pages {
        $Count | Should -BeGreaterOrEqual 2
        $Error.Clear()
        $null = & ([scriptblock]::Create("Set-StrictMode -Version Latest; `$ErrorActionPreference = 'Stop'`n$Code"))
        $Error | Should -BeNullOrEmpty
    }
}
