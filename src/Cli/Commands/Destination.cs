using System.CommandLine;
using System.Net;
using DToC.Cli.Sending;

namespace DToC.Cli.Commands;

/// <summary>The options that say where events go and how, common to the commands that send.</summary>
internal sealed class Destination
{
    private const string KeyVariable = "DTOC_KEY";
    private const int MaxInFlight = 64;

    private readonly Option<string?> _url = new("--url") { Description = "Address of the server." };

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"Key with the scope 'ingest'; else that of the environment variable {KeyVariable}.",
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = $"Events a request, 1..{EventBatch.MaxEvents}.",
        DefaultValueFactory = _ => 1_000,
    };

    private readonly Option<int> _inFlight = new("--in-flight")
    {
        Description = $"Requests under way at once, 1..{MaxInFlight}.",
        DefaultValueFactory = _ => 4,
    };

    private readonly Option<int> _patience = new("--patience")
    {
        Description = "Seconds to try a silent server for before giving up.",
        DefaultValueFactory = _ => 60,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
        command.Options.Add(_batch);
        command.Options.Add(_inFlight);
        command.Options.Add(_patience);
    }

    /// <summary>True when an address was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_url) != null;

    /// <summary>How to send.</summary>
    /// <exception cref="CommandFailure">An option is out of its range.</exception>
    public DeliveryOptions Options(ParseResult parsed)
    {
        var (batch, inFlight) = (parsed.GetValue(_batch), parsed.GetValue(_inFlight));
        if (batch is < 1 or > EventBatch.MaxEvents)
            throw new CommandFailure(ExitCode.Usage, $"--batch is {batch}, wanted 1..{EventBatch.MaxEvents}.");
        if (inFlight is < 1 or > MaxInFlight)
            throw new CommandFailure(ExitCode.Usage, $"--in-flight is {inFlight}, wanted 1..{MaxInFlight}.");
        return new(batch, inFlight);
    }

    /// <summary>The sink that the options name.</summary>
    /// <exception cref="CommandFailure">An option is missing or no address.</exception>
    public EventSink Open(ParseResult parsed, HttpClient http, TimeProvider time)
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
        var patience = parsed.GetValue(_patience);
        if (patience < 0)
            throw new CommandFailure(ExitCode.Usage, $"--patience is {patience}, wanted 0 or more seconds.");
        http.BaseAddress = address;
        return new HttpSink(http, key, TimeSpan.FromSeconds(patience), time);
    }

    /// <summary>A client that leaves deadlines to the sink.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
