namespace DToC.Api;

/// <summary>What the command line says.</summary>
internal sealed record Switches
{
    public const string Usage = """
        DToC: digital twins of customers, in one process.

          --urls URL[;URL]          where to listen (default http://127.0.0.1:5080)
          --data FOLDER             where everything is kept (default ./data)
          --definition NAME|FILE    what a customer is: a shipped definition or a file; put in force at start
                                    (default: the one in force last, at first start retail)
          --demo                    traffic of a synthetic population
          --allow-insecure-remote   listen beyond this machine without TLS
          --help                    this text

        DTOC_ADMIN_KEY sets the admin key (16 characters or more); without it one is made and shown at first start.
        """;

    public const string DefaultUrl = "http://127.0.0.1:5080";

    public string? Urls { get; init; }

    public string DataFolder { get; init; } = "data";

    public string? Definition { get; init; }

    public bool Demo { get; init; }

    public bool AllowInsecureRemote { get; init; }

    public bool Help { get; init; }

    /// <summary>Reads the arguments; the second part says what is wrong with them, or is null.</summary>
    public static (Switches Switches, string? Fault) Parse(IReadOnlyList<string> args)
    {
        var switches = new Switches();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (name is "--urls" or "--data" or "--definition")
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
                return (switches, $"There is no switch '{args[i]}'.");
            }
            switches = next;
        }
        return (switches, null);
    }

    private Switches? With(string name, string value) => name switch
    {
        "--urls" => this with { Urls = value },
        "--data" => this with { DataFolder = value },
        "--definition" => this with { Definition = value },
        "--demo" => this with { Demo = true },
        "--allow-insecure-remote" => this with { AllowInsecureRemote = true },
        "--help" or "-h" => this with { Help = true },
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
