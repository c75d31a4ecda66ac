# Namespaces as a place to work, in real pwsh: each way in and each way out, and no thread that stays.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $suffix = [guid]::NewGuid().ToString('n').Substring(0, 6)
    $place, $other = "place-$suffix", "other-$suffix"
    $null = New-NetNamespace $place
    $null = New-NetNamespace $other
    $module = "$((Get-Module CalicoNet).ModuleBase)/CalicoNet.psd1"
    $own = readlink /proc/self/ns/net
    function Get-Where { (Get-HostInterface lo).NetNamespace }
    function Get-Place { readlink /proc/self/ns/net }
    $inside = Invoke-NetNamespace $place -FilePath readlink -ArgumentList /proc/self/ns/net
}

AfterAll { Get-NetNamespace "*-$suffix" | Remove-NetNamespace }

Describe 'a namespace to work in' {
    AfterEach {
        Get-Where | Should -Be '.' -Because 'it was left'
        sh -c "readlink /proc/$PID/task/*/ns/net | sort -u" | Should -Be $own -Because 'no thread moved'
    }

    It 'is entered and left step by step' {
        Enter-NetNamespace $place
        Get-Where | Should -Be $place
        Get-NetNamespace $other | Enter-NetNamespace
        Get-Where | Should -Be $other
        Exit-NetNamespace
        Get-Where | Should -Be $place
        Exit-NetNamespace
    }

    It 'has programs, with their output, input and exit code' {
        $inside | Should -Not -Be $own
        'b', 'a' | Invoke-NetNamespace $place -FilePath sort | Should -Be 'a', 'b'
        Invoke-NetNamespace $place -FilePath sh -ArgumentList '-c', 'exit 7'
        $LASTEXITCODE | Should -Be 7
    }

    It 'has blocks, with the programs that they call' {
        Invoke-NetNamespace $place { Get-Where; readlink /proc/self/ns/net } | Should -Be $place, $inside
    }

    It 'is the caller''s while an object is on its way' {
        Invoke-NetNamespace $place { 1; 2 } | ForEach-Object { Get-Where } | Should -Be '.', '.'
    }

    It 'is left by <Way>' -ForEach @(
        @{ Way = 'an exception'; Block = { try { Invoke-NetNamespace $place { throw 'oops' } } catch { $_.Exception.Message } }; Gives = 'oops' }
        @{ Way = 'an error'; Block = { try { Invoke-NetNamespace $place { Get-HostInterface no-such } } catch { $_.FullyQualifiedErrorId } }; Gives = 'ObjectNotFound,CalicoNet.Commands.GetHostInterfaceCommand' }
        @{ Way = 'Select-Object -First'; Block = { Invoke-NetNamespace $place { while ($true) { 1 } } | Select-Object -First 2 }; Gives = 1, 1 }
        @{ Way = 'return'; Block = { Invoke-NetNamespace $place { 1; return; 2 } }; Gives = 1 }
        @{ Way = 'break'; Block = { foreach ($i in 1, 2) { $i; Invoke-NetNamespace $place { break } } }; Gives = 1 }
    ) {
        & $Block | Should -Be $Gives
    }

    It 'nests' {
        Invoke-NetNamespace $place { Invoke-NetNamespace $other { Get-Where }; Get-Where } | Should -Be $other, $place
    }

    It 'is not inherited by runspaces and jobs, which take its name' {
        Invoke-NetNamespace $place { 1 | ForEach-Object -Parallel { Import-Module $using:module; (Get-HostInterface lo).NetNamespace } } | Should -Be '.'
        Invoke-NetNamespace $place { Start-Job { readlink /proc/self/ns/net } | Receive-Job -Wait -AutoRemoveJob } | Should -Be $own
        $place | ForEach-Object -Parallel { Import-Module $using:module; (Get-HostInterface lo -NetNamespace $_).NetNamespace } | Should -Be $place
    }

    It 'refuses Start-Process in a block, which would run on the host' {
        $fault = { Invoke-NetNamespace $place { Start-Process true } } | Should -Throw -ErrorId NativeCommandInBlock -PassThru
        $fault.ErrorDetails.RecommendedAction | Should -Match 'FilePath'
    }
}
