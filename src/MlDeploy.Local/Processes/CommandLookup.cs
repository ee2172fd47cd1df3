using System.Runtime.InteropServices;
using System.Text;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Processes;

/// <summary>
/// Finds the file behind a command before anything is started: after <c>exec</c> in a shell all that is left of
/// "not found" is exit code 127.
/// </summary>
public static partial class CommandLookup
{
    /// <returns>Absolute path of an executable file.</returns>
    /// <exception cref="ExpectedException">Not found, not executable, or a script whose interpreter is missing.</exception>
    public static string Find(string command, string workingDirectory, IReadOnlyDictionary<string, string> environment)
    {
        if (command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            var path = Path.GetFullPath(command, workingDirectory);
            return Candidates(path, environment).FirstOrDefault(File.Exists) is { } file
                ? Checked(command, file)
                : throw NotFound(command, $"there is no file {path}", "Correct application.command, or see that application.exclude does not leave the file out.");
        }

        var folders = (environment.GetValueOrDefault("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.GetFullPath(folder, workingDirectory)).ToArray();
        var files = folders.SelectMany(folder => Candidates(Path.Combine(folder, command), environment)).Where(File.Exists).ToArray();
        if (files.FirstOrDefault(IsExecutable) is { } found)
            return Checked(command, found);
        if (files.Length > 0)
            return Checked(command, files[0]);
        throw NotFound(
            command,
            folders.Length == 0 ? "PATH is empty" : $"looked on PATH in {string.Join(", ", folders)}",
            File.Exists(Path.Combine(workingDirectory, command))
                ? $"Write `./{command}`: it is in the working directory, which is not on PATH."
                : $"Install `{command}`, add its folder to PATH, or write its absolute path in application.command.");
    }

    private static IEnumerable<string> Candidates(string path, IReadOnlyDictionary<string, string> environment)
    {
        yield return path;
        if (!OperatingSystem.IsWindows())
            yield break;
        foreach (var extension in (environment.GetValueOrDefault("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries))
            yield return path + extension;
    }

    private static string Checked(string command, string file)
    {
        if (!IsExecutable(file))
        {
            throw NotFound(
                command, $"{file} is not executable for this user",
                $"Run `chmod +x` on it and deploy again, or start it through its interpreter, for example [sh, {command}].");
        }

        if (Interpreter(file) is { } interpreter && !File.Exists(interpreter))
        {
            throw NotFound(
                command, $"{file} starts with `#!{interpreter}`, which does not exist",
                "Install that interpreter or correct the script's first line.");
        }

        return file;
    }

    /// <returns>The interpreter a script names in its first line; null for anything else.</returns>
    private static string? Interpreter(string file)
    {
        if (OperatingSystem.IsWindows())
            return null;
        Span<byte> head = stackalloc byte[256];
        var length = ProcFile.Read(file, head);
        if (length < 3 || !head.StartsWith("#!"u8))
            return null;
        var line = head[2..length];
        var end = line.IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? line : line[..end]).Trim().Split([' ', '\t'], 2)[0] is { Length: > 0 } path ? path : null;
    }

    private static bool IsExecutable(string file)
    {
        const int MayExecute = 1;
        return OperatingSystem.IsWindows() || Access(file, MayExecute) == 0;
    }

    private static ExpectedException NotFound(string command, string reason, string remedy) =>
        new(ExitCode.TargetFailed, $"application.command: `{command}` cannot be started: {reason}.", remedy);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
