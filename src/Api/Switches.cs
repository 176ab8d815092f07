using System.Globalization;
using System.Net;
using DToC.Http;
using DToC.Twin.Events;

namespace DToC.Api;

/// <summary>What the command line says.</summary>
internal sealed record Switches
{
    public const string Usage = """
        DToC: digital twins of customers, in one process.

          --urls URL[;URL]          where to listen (default http://127.0.0.1:5080)
          --data FOLDER             where everything is kept (default ./data)
          --master-key-file FILE    encrypt what is kept of a customer with a key of the customer's own, kept under the
                                    master key in this file (default: none, or what the environment names)
          --former-master-key-file FILE
                                    the master key up to now, to change it
          --definition NAME|FILE    what a customer is: a shipped definition or a file; put in force at start
                                    (default: the one in force last, at first start retail)
          --lexicon FILE            words that the definition names and that do not lie beside it; may be given again
          --demo                    traffic of a synthetic population
          --allow-insecure-remote   listen beyond this machine without TLS
          --max-event-bytes N       longest event (default 32768)
          --max-batch-bytes N       longest batch of events (default 10485760)
          --max-nesting N           deepest nesting of an event, at most 256 (default 16)
          --events-per-second-per-key N
                                    rate of a key that was issued without one (default: no limit)
          --delivery-network CIDR   a network of the house that destinations and brokers may lie in, for example
                                    10.1.0.0/16; may be given again (default: the public internet alone)
          --max-log-pages N         pages of 4 KiB a write-ahead log has when it begins to be moved into its file
                                    (default 16384)
          --max-state-memory-mb N   MiB of twins in memory; the coldest are put out (default: a quarter of the memory)
          --help                    this text

        DTOC_MASTER_KEY or DTOC_MASTER_KEY_FILE gives the master key: 32 bytes, in base64 or hexadecimal.
        DTOC_ADMIN_KEY sets the admin key (16 characters or more); without it one is made and shown at first start.
        """;

    public const string DefaultUrl = "http://127.0.0.1:5080";

    public string? Urls { get; init; }

    public string DataFolder { get; init; } = "data";

    public string? Definition { get; init; }

    /// <summary>Lexicons of the definition that do not lie beside it.</summary>
    public IReadOnlyList<string> Lexicons { get; init; } = [];

    /// <summary>File of the master key; null for what the environment names.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>File of the master key before; null for no change.</summary>
    public string? FormerMasterKeyFile { get; init; }

    public bool Demo { get; init; }

    public bool AllowInsecureRemote { get; init; }

    public HttpOptions Http { get; init; } = new();

    public int LogPages { get; init; } = 16_384;

    /// <summary>Bytes of twins in memory; null for the host's default.</summary>
    public long? StateMemoryBytes { get; init; }

    public bool Help { get; init; }

    /// <summary>Reads the arguments; the second part says what is wrong with them, or is null.</summary>
    public static (Switches Switches, string? Fault) Parse(IReadOnlyList<string> args)
    {
        var switches = new Switches();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (name is "--urls" or "--data" or "--definition" or "--lexicon" or "--events-per-second-per-key"
                or "--master-key-file" or "--former-master-key-file" or "--delivery-network"
                || name.StartsWith("--max-", StringComparison.Ordinal))
            {
                if (value is null && i + 1 < args.Count
                    && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                {
                    value = args[++i];
                }
                if (string.IsNullOrWhiteSpace(value)) return (switches, $"{name} needs a value.");
            }
            else if (value is not null)
            {
                return (switches, $"{name} takes no value.");
            }
            if (switches.With(name, value ?? "") is not { } next)
            {
                return (switches, $"There is no switch '{args[i]}', or its value is not a number it can have.");
            }
            switches = next;
        }
        if (switches is { Lexicons.Count: > 0, Definition: null })
            return (switches, "--lexicon goes with --definition: the definition's file says which words it means.");
        var limits = switches.Http;
        return limits.MaxBatchBytes >= limits.Events.MaxEventBytes
            ? (switches, null)
            : (switches, "--max-batch-bytes must be at least --max-event-bytes: a batch may be one event.");
    }

    private Switches? With(string name, string value) => name switch
    {
        "--urls" => this with { Urls = value },
        "--data" => this with { DataFolder = value },
        "--definition" => this with { Definition = value },
        "--lexicon" => this with { Lexicons = [.. Lexicons, value] },
        "--master-key-file" => this with { MasterKeyFile = value },
        "--former-master-key-file" => this with { FormerMasterKeyFile = value },
        "--delivery-network" => IPNetwork.TryParse(value, out var network)
            ? this with { Http = Http with { DeliveryNetworks = [.. Http.DeliveryNetworks, network] } } : null,
        "--demo" => this with { Demo = true },
        "--allow-insecure-remote" => this with { AllowInsecureRemote = true },
        "--help" or "-h" => this with { Help = true },
        _ when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) =>
            Limited(name, limit),
        _ => null,
    };

    private Switches? Limited(string name, int limit) => name switch
    {
        "--max-event-bytes" when limit > 0 =>
            this with { Http = Http with { Events = Http.Events with { MaxEventBytes = limit } } },
        "--events-per-second-per-key" when limit > 0 =>
            this with { Http = Http with { EventsPerSecondPerKey = limit } },
        "--max-batch-bytes" when limit > 0 => this with { Http = Http with { MaxBatchBytes = limit } },
        "--max-nesting" when limit is > 1 and <= EventLimits.HighestNesting =>
            this with { Http = Http with { Events = Http.Events with { MaxNesting = limit } } },
        "--max-log-pages" when limit is > 0 and <= 1 << 24 => this with { LogPages = limit },
        "--max-state-memory-mb" when limit > 0 => this with { StateMemoryBytes = (long)limit << 20 },
        _ => null,
    };

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || !argument.StartsWith("--", StringComparison.Ordinal)
            ? (argument, null)
            : (argument[..equals], argument[(equals + 1)..]);
    }
}
