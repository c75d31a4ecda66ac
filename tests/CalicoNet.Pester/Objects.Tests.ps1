# Objects of every type travel: through JSON, CSV, CLIXML and a job.
BeforeDiscovery {
    $types = (Get-Command New-NetNamespace).ImplementingType.Assembly.GetExportedTypes() |
        Where-Object { -not $_.IsAbstract -and $_.BaseType.Name -eq 'NetworkObject' } | ForEach-Object Name
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
    $node, $work = "node-$suffix", "work-$suffix"
    $null = New-NetNamespace $node
    Enter-NetNamespace $node
    $pair = New-NetNamespace $work | New-VethPair -InterfaceAlias v-cali -HostInterfaceAlias v-cali-peer -IPAddress 10.2.0.1, fd00:2::1
    $null = Set-HostInterface lo -Status Up -NetNamespace $work
    $all = @(
        $pair
        New-CalicoEndpoint "web-$suffix" 10.65.0.2, fd00:65::2 -StaticNeighbor Enabled
        Get-HostRoute 10.65.0.2 | Remove-HostRoute
        Repair-CalicoEndpoint "web-$suffix" | Select-Object -First 1
        $pair | Add-HostRoute | Select-Object -First 1
        $pair | Get-HostAddress | Select-Object -First 1
        $pair | Enable-ProxyArp
        $pair | Set-LinkLocalGateway
        $pair | Enable-NatOutgoing | Select-Object -First 1
        Add-Neighbor 10.2.0.9 ee:00:00:00:00:09 -InterfaceAlias v-cali-peer
        Get-NetNamespace $work
        Get-HostInterface v-cali-peer
        Get-IPForwarding
        Measure-NeighborTable
        $pair | Test-WorkloadConnection 10.2.0.1 -Count 1
    )
    $objects = @{}
    foreach ($object in $all) { $objects[$object.GetType().Name] = $object }

    # A value as text, whatever became of it on the way.
    function Get-Text($Value) {
        if ($null -eq $Value) { return '' }
        if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString('o') }
        if ($Value -is [string] -or $Value -is [valuetype]) { return "$Value" }
        if ($Value -is [Collections.IEnumerable]) { return @($Value | ForEach-Object { "$_" }) -join ', ' }
        ($Value.PSObject.Properties | Sort-Object Name | ForEach-Object { "$($_.Name)=$(Get-Text $_.Value)" }) -join '; '
    }
}

AfterAll {
    Get-CalicoEndpoint | Remove-CalicoEndpoint
    Exit-NetNamespace
    Get-NetNamespace "*-$suffix" | Remove-NetNamespace
}

Describe 'a <_>' -ForEach $types {
    BeforeAll { $sent = $objects[$_] }

    It 'is the same after JSON' {
        $sent | Should -Not -BeNullOrEmpty
        $received = $sent | ConvertTo-Json -Depth 5 -WarningAction Stop | ConvertFrom-Json
        foreach ($property in $sent.PSObject.Properties) {
            Get-Text $received.($property.Name) | Should -Be (Get-Text $property.Value) -Because $property.Name
        }
    }

    It 'is the same after CLIXML' {
        $file = Join-Path $TestDrive 'object.xml'
        $sent | Export-Clixml $file
        $received = Import-Clixml $file
        $received.PSObject.TypeNames[0] | Should -Be "Deserialized.CalicoNet.$_"
        foreach ($property in $sent.PSObject.Properties) {
            Get-Text $received.($property.Name) | Should -Be (Get-Text $property.Value) -Because $property.Name
        }
    }

    It 'loses no list to CSV' {
        $row = $sent | ConvertTo-Csv | ConvertFrom-Csv
        foreach ($property in $sent.PSObject.Properties) {
            "$($row.($property.Name))" | Should -Be ($null -eq $property.Value ? '' : $property.Value.ToString()) -Because $property.Name
        }

        "$row" | Should -Not -Match 'System\.|CalicoNet\.'
    }

    It 'has a table and a list, with colours only where they are wanted' {
        foreach ($text in ($sent | Out-String), ($sent | Format-List | Out-String)) {
            $text.Trim() | Should -Not -BeNullOrEmpty
        }

        $rendering = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'PlainText'
            ($sent | Out-String) + ($sent | Format-List | Out-String) | Should -Not -Match "`e"
        }
        finally {
            $PSStyle.OutputRendering = $rendering
        }
    }
}

Describe 'objects of every type' {
    It 'come out of a job as they went in' {
        $received = Start-Job { $using:all } | Receive-Job -Wait -AutoRemoveJob
        @($received).Count | Should -Be $all.Count
        for ($i = 0; $i -lt $all.Count; $i++) {
            $received[$i].PSObject.TypeNames[0] | Should -Be "Deserialized.$($all[$i].GetType().FullName)"
            foreach ($property in $all[$i].PSObject.Properties | Where-Object Name -ne VethPair) {
                Get-Text $received[$i].($property.Name) | Should -Be (Get-Text $property.Value) -Because "$($all[$i].GetType().Name).$($property.Name)"
            }
        }
    }
}
