using DToC.Embedded;
using DToC.Grains;
using DToC.Micro;
using DToC.Twin;
using DToC.Twin.Plan;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.Traffic;

/// <summary>What the measurements share: the definition, the customers and their folders.</summary>
internal sealed class Scene
{
    private readonly Lazy<Templates> _templates;
    private int _streams;

    /// <param name="options">What is measured.</param>
    /// <param name="work">Where folders are made.</param>
    /// <param name="change">Changes the retail definition; null leaves it.</param>
    public Scene(LoadOptions options, WorkFolder work, Func<byte[], byte[]>? change = null)
    {
        Options = options;
        Work = work;
        var definition = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "retail.jsonc"));
        // With a hundred trees that are scored in every turn, as of a definition whose models were trained.
        var source = FullModels.With(change is null ? definition : change(definition));
        Plan = LoadPlan(source.Bytes);
        Begun = Now();
        _templates = new Lazy<Templates>(() => new Templates(Plan, Begun));
    }

    public LoadOptions Options { get; }

    public WorkFolder Work { get; }

    public TwinPlan Plan { get; }

    public Templates Templates => _templates.Value;

    /// <summary>When the run began.</summary>
    public Instant Begun { get; }

    public static Instant Now() => Instant.From(TimeProvider.System.GetUtcNow());

    /// <summary>
    /// Events of some customers, for one folder. They occurred in the last three hours, after all that went before: so
    /// they are fresh, triggers fire and wake-ups lie ahead. One customer is in one stream.
    /// </summary>
    /// <param name="customers">Whose.</param>
    /// <param name="skipMs">For a second stream of the same customers: how much later it begins.</param>
    /// <param name="identified">Whether each event also names the customer's identifiers.</param>
    public RetailTraffic Traffic(string[] customers, long skipMs = 0, bool identified = false)
    {
        var stream = Interlocked.Increment(ref _streams);
        var start = Begun.PlusMs(skipMs - 3 * Instant.HourMs);
        return new RetailTraffic(customers, $"e{stream}", start, stepMs: 1, (ulong)stream, identified);
    }

    /// <summary>Options of a host over a folder.</summary>
    public EmbeddedOptions HostOptions(string folder) => new()
    {
        DataFolder = folder,
        Partitions = Options.Partitions,
        Catalog = GrainCatalog.Empty.With(() => new CustomerGrain()).With(() => new IdentityGrain()),
        InitialPlan = Plan,
        // The one compiled here: a turn reads events again that were read under another, as after a replacement.
        LoadPlan = source => source.Span.SequenceEqual(Plan.Source.Bytes.Span) ? Plan : LoadPlan(source),
    };

    /// <summary>A data folder in which customers have lived a while, closed.</summary>
    public async Task<string> NewFolderAsync(Roster roster)
    {
        var folder = Work.New("data");
        await using (EmbeddedHost.Start(HostOptions(folder), NullLogger.Instance))
        {
            // Starting makes the files.
        }
        Parallel.For(
            0, roster.Partitions, partition => PreparedRows.Insert(folder, partition, roster, Templates, Begun));
        return folder;
    }

    private static TwinPlan LoadPlan(ReadOnlyMemory<byte> source) => TwinPlan.Load(source, "retail.jsonc") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(string.Join(' ', invalid.Errors)),
        var other => throw new InvalidOperationException($"{other}"),
    };
}
