@{
    # Every rule counts, information too. Formatting is checked as PowerShell's own "OTBS" has it.
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        'PSReviewUnusedParameter'          # takes what a script block of Pester or of -Parallel uses for unused
        'PSUseDeclaredVarsMoreThanAssignments'   # the same for variables of BeforeAll
    )
    Rules        = @{
        PSPlaceOpenBrace           = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSPlaceCloseBrace          = @{ Enable = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true; NoEmptyLineBefore = $false }
        PSUseConsistentIndentation = @{ Enable = $true; Kind = 'space'; IndentationSize = 4; PipelineIndentation = 'IncreaseIndentationForFirstPipeline' }
        PSUseConsistentWhitespace  = @{ Enable = $true; CheckInnerBrace = $true; CheckOpenBrace = $true; CheckOpenParen = $true; CheckPipe = $true; CheckSeparator = $true; IgnoreAssignmentOperatorInsideHashTable = $true }
        # Step is the walkthrough's own: title, what one would type in a shell, and here.
        PSAvoidUsingPositionalParameters = @{ Enable = $true; CommandAllowList = @('Step') }
        PSUseCorrectCasing         = @{ Enable = $true; CheckCommands = $false; CheckKeyword = $true; CheckOperator = $true }
        PSUseCompatibleSyntax      = @{ Enable = $true; TargetVersions = @('7.0') }
    }
}
