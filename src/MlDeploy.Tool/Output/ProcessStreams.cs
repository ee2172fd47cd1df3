using System.Text;

namespace MlDeploy.Tool.Output;

#pragma warning disable RS0030 // The one place that touches the console.

/// <summary>
/// The process's own streams as UTF-8 without a byte-order mark. Written to directly, not through Console.Out,
/// which reads the terminal's description and costs a start several milliseconds.
/// </summary>
internal sealed class ProcessStreams : IDisposable
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    private ProcessStreams(TextWriter results, TextWriter messages)
    {
        Results = results;
        Messages = messages;
    }

    public TextWriter Results { get; }
    public TextWriter Messages { get; }
    public bool ResultsAreTerminal { get; } = !Console.IsOutputRedirected;
    public bool MessagesAreTerminal { get; } = !Console.IsErrorRedirected;

    public static ProcessStreams Open()
    {
        if (OperatingSystem.IsWindows())
        {
            // A Windows console understands UTF-8 and colours only after it was told so.
            Console.OutputEncoding = Encoding;
            return new ProcessStreams(Console.Out, Console.Error);
        }

        return new ProcessStreams(
            TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), Encoding) { NewLine = "\n", AutoFlush = true }),
            TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), Encoding) { NewLine = "\n", AutoFlush = true }));
    }

    public static Stream OpenInput() => Console.OpenStandardInput();

    public void Dispose()
    {
        Results.Flush();
        Messages.Flush();
    }
}
