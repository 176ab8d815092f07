using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;

namespace DToC.Cli.Commands;

/// <summary>The options that name a server and a key to it.</summary>
/// <param name="scope">What the key must be allowed to do.</param>
internal sealed class ServerAddress(string scope)
{
    private const string KeyVariable = "DTOC_KEY";

    private readonly Option<string?> _url = new("--url") { Description = "Address of the server." };

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"Key with the scope '{scope}'; else that of the environment variable {KeyVariable}.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
    }

    /// <summary>True when an address was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_url) != null;

    /// <summary>A client of the server that sends the key along, and leaves deadlines to its user.</summary>
    /// <exception cref="CommandFailure">The key is missing, or the address is none.</exception>
    public HttpClient Open(ParseResult parsed)
    {
        var url = parsed.GetValue(_url);
        if (!Uri.TryCreate(url?.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure(ExitCode.Usage,
                $"--url is '{url}', wanted the address of a server such as http://127.0.0.1:5080.");
        }
        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (string.IsNullOrWhiteSpace(key))
            throw new CommandFailure(ExitCode.Usage, $"a key is missing: give --key, or set {KeyVariable}.");
        var http = new HttpClient(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
