using System.Buffers;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Segments;
using DToC.Twin.State;
using Parts = System.Collections.Generic.SortedDictionary<string, System.ReadOnlyMemory<byte>>;

namespace DToC.Twin.Plan;

/// <summary>
/// What a plan is compiled of: the definition's file, fitted models that stand in the place of those the definition
/// names, lexicons that its texts are scored by, segments made beside it and what is believed of segments before
/// anybody is counted. With the file alone its bytes are the file's.
/// </summary>
public sealed class PlanSource
{
    /// <summary>Most bytes of all fitted models together.</summary>
    public const int MaxModelBytes = 4 * ModelFile.MaxBytes;

    /// <summary>Most bytes of all lexicons together.</summary>
    public const int MaxLexiconBytes = 16 * 1024 * 1024;

    /// <summary>Most bytes of all segments made beside the definition, and of all beliefs of segments.</summary>
    public const int MaxSegmentBytes = 1024 * 1024;

    // What follows the mark: models; models and lexicons; those, segments and beliefs of segments.
    private const byte WithModels = 1;
    private const byte WithLexicons = 2;
    private const byte WithSegments = 3;

    // A definition is text: no file of one begins so.
    private static ReadOnlySpan<byte> Mark => [0x00, (byte)'D', (byte)'T', (byte)'o', (byte)'C'];

    private readonly Parts _models;
    private readonly Parts _lexicons;
    private readonly Parts _segments;
    private readonly Parts _seeds;

    private PlanSource(ReadOnlyMemory<byte> definition, Parts models, Parts lexicons, Parts segments, Parts seeds)
    {
        (Definition, _models, _lexicons, _segments, _seeds) = (definition, models, lexicons, segments, seeds);
        Bytes = definition;
    }

    /// <summary>All of it: what a host keeps, and what the plan's hash is of.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>The definition's file.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>Stored forms of fitted models by the name they stand for, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Models => _models;

    /// <summary>Lexicon files by the name the definition gives, or will give, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Lexicons => _lexicons;

    /// <summary>Segments made beside the definition, as they were sent, by name, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Segments => _segments;

    /// <summary>What is believed of segments (<see cref="SegmentSeed"/>), as it was sent, by name, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Seeds => _seeds;

    /// <summary>A definition's file alone, whatever it holds.</summary>
    public static PlanSource OfFile(ReadOnlyMemory<byte> definition) =>
        new(definition, Of([]), Of([]), Of([]), Of([]));

    /// <summary>A definition's file, or what <see cref="Bytes"/> was before.</summary>
    /// <exception cref="InvalidDataException">It began as the latter and does not go on so.</exception>
    public static PlanSource Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= Mark.Length || !bytes.Span.StartsWith(Mark)) return OfFile(bytes);
        var reader = new BinaryFormReader(bytes.Span[Mark.Length..]);
        var form = reader.Byte();
        if (form is not (WithModels or WithLexicons or WithSegments))
            throw new InvalidDataException($"A definition kept in form {form} is not known to this build.");
        var definition = reader.Bytes().ToArray();
        var models = PartsOf(ref reader, DefinitionLimits.Models);
        var lexicons = form >= WithLexicons ? PartsOf(ref reader, DefinitionLimits.Lexicons) : Of([]);
        var segments = form >= WithSegments ? PartsOf(ref reader, DefinitionLimits.Segments) : Of([]);
        var seeds = form >= WithSegments ? PartsOf(ref reader, DefinitionLimits.Segments) : Of([]);
        reader.End();
        return new PlanSource(definition, models, lexicons, segments, seeds) { Bytes = bytes };
    }

    /// <summary>The same with a fitted model in the place of another, or of the definition's own.</summary>
    /// <exception cref="InvalidDataException">All models together would be too large.</exception>
    public PlanSource With(string name, ReadOnlyMemory<byte> model) =>
        Of(Definition, Of([new(name, model), .. _models]), _lexicons, _segments, _seeds);

    /// <summary>The same without the fitted model of a name.</summary>
    public PlanSource Without(string name) =>
        Of(Definition, OtherThan(_models, name), _lexicons, _segments, _seeds);

    /// <summary>The same with a lexicon, in the place of another of that name.</summary>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource WithLexicon(string name, ReadOnlyMemory<byte> lexicon) =>
        Of(Definition, _models, Of([new(name, lexicon), .. _lexicons]), _segments, _seeds);

    /// <summary>The same without the lexicon of a name.</summary>
    public PlanSource WithoutLexicon(string name) =>
        Of(Definition, _models, OtherThan(_lexicons, name), _segments, _seeds);

    /// <summary>The same with a segment, in the place of another made beside the definition of that name.</summary>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource WithSegment(string name, ReadOnlyMemory<byte> segment) =>
        Of(Definition, _models, _lexicons, Of([new(name, segment), .. _segments]), _seeds);

    /// <summary>The same without the segment of a name, and without what is believed of it.</summary>
    public PlanSource WithoutSegment(string name) =>
        Of(Definition, _models, _lexicons, OtherThan(_segments, name), OtherThan(_seeds, name));

    /// <summary>The same with what is believed of a segment, in the place of what was.</summary>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource WithSeed(string name, ReadOnlyMemory<byte> seed) =>
        Of(Definition, _models, _lexicons, _segments, Of([new(name, seed), .. _seeds]));

    /// <summary>The same with nothing believed of a segment.</summary>
    public PlanSource WithoutSeed(string name) =>
        Of(Definition, _models, _lexicons, _segments, OtherThan(_seeds, name));

    /// <summary>
    /// The same with what another has beside its definition and this one has not itself: fitted models and lexicons
    /// that its definition names, segments of names that its definition does not take, beliefs of segments that are
    /// there.
    /// </summary>
    /// <param name="before">The other.</param>
    /// <param name="definition">What <see cref="Definition"/> says.</param>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource Keeping(PlanSource before, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(definition);
        var own = definition.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal);
        var models = before._models.Where(part => definition.Models.Any(model => model.Name == part.Key));
        var lexicons = before._lexicons.Where(part => definition.Lexicons.Contains(part.Key, StringComparer.Ordinal));
        var segments = Of([.. _segments, .. before._segments.Where(part => !own.Contains(part.Key))]);
        var seeds = before._seeds.Where(part => own.Contains(part.Key) || segments.ContainsKey(part.Key));
        return Of(
            Definition, Of([.. _models, .. models]), Of([.. _lexicons, .. lexicons]), segments,
            Of([.. _seeds, .. seeds]));
    }

    private static Parts OtherThan(Parts parts, string name) => Of(parts.Where(part => part.Key != name));

    // Of two parts of one name the first stands.
    private static Parts Of(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> all)
    {
        var parts = new Parts(StringComparer.Ordinal);
        foreach (var (name, part) in all) parts.TryAdd(name, part);
        return parts;
    }

    private static PlanSource Of(
        ReadOnlyMemory<byte> definition, Parts models, Parts lexicons, Parts segments, Parts seeds)
    {
        var form = segments.Count + seeds.Count > 0 ? WithSegments : lexicons.Count > 0 ? WithLexicons : WithModels;
        if (form == WithModels && models.Count == 0) return OfFile(definition);
        var bytes = definition.Length + Sum(models, "fitted models", DefinitionLimits.Models, MaxModelBytes)
            + Sum(lexicons, "lexicons", DefinitionLimits.Lexicons, MaxLexiconBytes)
            + Sum(segments, "segments beside the definition", DefinitionLimits.Segments, MaxSegmentBytes)
            + Sum(seeds, "seeded segments", DefinitionLimits.Segments, MaxSegmentBytes);
        var output = new ArrayBufferWriter<byte>(bytes + 1024);
        var writer = new BinaryFormWriter(output);
        writer.Raw(Mark);
        writer.Byte(form);
        writer.Bytes(definition.Span);
        Write(writer, models);
        if (form >= WithLexicons) Write(writer, lexicons);
        if (form >= WithSegments)
        {
            Write(writer, segments);
            Write(writer, seeds);
        }
        return new PlanSource(definition, models, lexicons, segments, seeds)
        {
            Bytes = output.WrittenMemory.ToArray(),
        };
    }

    private static int Sum(Parts parts, string what, int most, int mostBytes)
    {
        var bytes = parts.Sum(part => (long)part.Value.Length);
        if (parts.Count > most)
            throw new InvalidDataException($"There would be {parts.Count} {what}; at most {most} are kept.");
        return bytes <= mostBytes
            ? (int)bytes
            : throw new InvalidDataException($"The {what} would have more than {mostBytes} bytes together.");
    }

    private static void Write(BinaryFormWriter writer, Parts parts)
    {
        writer.Unsigned((ulong)parts.Count);
        foreach (var (name, part) in parts)
        {
            writer.Text(name);
            writer.Bytes(part.Span);
        }
    }

    private static Parts PartsOf(ref BinaryFormReader reader, int most)
    {
        var parts = Of([]);
        for (var left = reader.Count(most); left > 0; left--)
        {
            if (!parts.TryAdd(reader.Text(), reader.Bytes().ToArray()))
                throw new InvalidDataException("Two parts of a kept definition have one name.");
        }
        return parts;
    }
}
