using System.Management.Automation;

namespace CalicoNet;

/// <summary>What the file system refuses, as faults that name the file.</summary>
internal static class FileFault
{
    public static T Guard<T>(string file, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CommandFault.NotFound($"file or folder '{file}'");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandFault(ErrorIds.PermissionDenied, ErrorCategory.PermissionDenied, $"'{file}': {e.Message}", "Choose another file, or see to its owner and mode.");
        }
        catch (IOException e)
        {
            throw new CommandFault(ErrorIds.ResourceUnavailable, ErrorCategory.WriteError, $"'{file}': {e.Message}");
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{file}': {e.Message}", e);
        }
    }
}
