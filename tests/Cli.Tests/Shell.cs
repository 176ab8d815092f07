using System.CommandLine;
using DToC.Cli.Commands;

namespace DToC.Cli.Tests;

/// <summary>Runs <c>dtoc</c> in this process and keeps what it printed.</summary>
internal sealed record Shell(int Code, string Output, string Error)
{
    public static Task<Shell> Run(params string[] args) => Run(CancellationToken.None, args);

    public static async Task<Shell> Run(CancellationToken cancellation, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new InvocationConfiguration { Output = output, Error = error };
        var code = await Root.Run(args, console, cancellation);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The value printed after a name.</summary>
    public string this[string name] => Output.Split('\n')
        .Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
