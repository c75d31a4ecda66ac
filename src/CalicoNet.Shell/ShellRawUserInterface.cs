using System.Management.Automation.Host;

namespace CalicoNet.Shell;

/// <summary>The window's size, which views want to know. What a full console can do beside it is not here.</summary>
internal sealed class ShellRawUserInterface(TextSink sink) : PSHostRawUserInterface
{
    private const int Lines = 50;

    public override Size BufferSize { get => new(sink.Width, Lines); set { } }

    public override Size WindowSize { get => BufferSize; set { } }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 1;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override string WindowTitle { get; set; } = "CalicoNet";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Missing();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Missing();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Missing();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Missing();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Missing();

    private static NotSupportedException Missing() => new("This shell's window cannot do that; pwsh's can.");
}
