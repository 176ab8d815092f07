using System.Buffers;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.State;
using Parts = System.Collections.Generic.SortedDictionary<string, System.ReadOnlyMemory<byte>>;

namespace DToC.Twin.Plan;

/// <summary>
/// What a plan is compiled of: the definition's file, fitted models that stand in the place of those the definition
/// names, and lexicons that its texts are scored by. With the file alone its bytes are the file's.
/// </summary>
public sealed class PlanSource
{
    /// <summary>Most bytes of all fitted models together.</summary>
    public const int MaxModelBytes = 4 * ModelFile.MaxBytes;

    /// <summary>Most bytes of all lexicons together.</summary>
    public const int MaxLexiconBytes = 16 * 1024 * 1024;

    // What follows the mark: models; models and lexicons.
    private const byte WithModels = 1;
    private const byte WithLexicons = 2;

    // A definition is text: no file of one begins so.
    private static ReadOnlySpan<byte> Mark => [0x00, (byte)'D', (byte)'T', (byte)'o', (byte)'C'];

    private readonly Parts _models;
    private readonly Parts _lexicons;

    private PlanSource(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> definition, Parts models, Parts lexicons) =>
        (Bytes, Definition, _models, _lexicons) = (bytes, definition, models, lexicons);

    /// <summary>All of it: what a host keeps, and what the plan's hash is of.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The definition's file.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>Stored forms of fitted models by the name they stand for, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Models => _models;

    /// <summary>Lexicon files by the name the definition gives, or will give, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Lexicons => _lexicons;

    /// <summary>A definition's file alone, whatever it holds.</summary>
    public static PlanSource OfFile(ReadOnlyMemory<byte> definition) =>
        new(definition, definition, Of([]), Of([]));

    /// <summary>A definition's file, or what <see cref="Bytes"/> was before.</summary>
    /// <exception cref="InvalidDataException">It began as the latter and does not go on so.</exception>
    public static PlanSource Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= Mark.Length || !bytes.Span.StartsWith(Mark)) return OfFile(bytes);
        var reader = new BinaryFormReader(bytes.Span[Mark.Length..]);
        var form = reader.Byte();
        if (form is not (WithModels or WithLexicons))
            throw new InvalidDataException($"A definition kept in form {form} is not known to this build.");
        var definition = reader.Bytes().ToArray();
        var models = PartsOf(ref reader, DefinitionLimits.Models);
        var lexicons = form == WithLexicons ? PartsOf(ref reader, DefinitionLimits.Lexicons) : Of([]);
        reader.End();
        return new PlanSource(bytes, definition, models, lexicons);
    }

    /// <summary>The same with a fitted model in the place of another, or of the definition's own.</summary>
    /// <exception cref="InvalidDataException">All models together would be too large.</exception>
    public PlanSource With(string name, ReadOnlyMemory<byte> model) =>
        Of(Definition, Of([new(name, model), .. _models]), _lexicons);

    /// <summary>The same without the fitted model of a name.</summary>
    public PlanSource Without(string name) => Of(Definition, OtherThan(_models, name), _lexicons);

    /// <summary>The same with a lexicon, in the place of another of that name.</summary>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource WithLexicon(string name, ReadOnlyMemory<byte> lexicon) =>
        Of(Definition, _models, Of([new(name, lexicon), .. _lexicons]));

    /// <summary>The same without the lexicon of a name.</summary>
    public PlanSource WithoutLexicon(string name) => Of(Definition, _models, OtherThan(_lexicons, name));

    /// <summary>
    /// The same with those of another's fitted models and lexicons that its definition names and it has not itself.
    /// </summary>
    /// <param name="before">The other.</param>
    /// <param name="definition">What <see cref="Definition"/> says.</param>
    /// <exception cref="InvalidDataException">All together would be too many or too large.</exception>
    public PlanSource Keeping(PlanSource before, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(definition);
        var models = before._models.Where(part => definition.Models.Any(model => model.Name == part.Key));
        var lexicons = before._lexicons.Where(part => definition.Lexicons.Contains(part.Key, StringComparer.Ordinal));
        return Of(Definition, Of([.. _models, .. models]), Of([.. _lexicons, .. lexicons]));
    }

    private static Parts OtherThan(Parts parts, string name) => Of(parts.Where(part => part.Key != name));

    // Of two parts of one name the first stands.
    private static Parts Of(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> all)
    {
        var parts = new Parts(StringComparer.Ordinal);
        foreach (var (name, part) in all) parts.TryAdd(name, part);
        return parts;
    }

    private static PlanSource Of(ReadOnlyMemory<byte> definition, Parts models, Parts lexicons)
    {
        if (models.Count == 0 && lexicons.Count == 0) return OfFile(definition);
        var bytes = definition.Length + Sum(models, "fitted models", DefinitionLimits.Models, MaxModelBytes)
            + Sum(lexicons, "lexicons", DefinitionLimits.Lexicons, MaxLexiconBytes);
        var output = new ArrayBufferWriter<byte>(bytes + 1024);
        var writer = new BinaryFormWriter(output);
        writer.Raw(Mark);
        writer.Byte(lexicons.Count == 0 ? WithModels : WithLexicons);
        writer.Bytes(definition.Span);
        Write(writer, models);
        if (lexicons.Count > 0) Write(writer, lexicons);
        return new PlanSource(output.WrittenMemory.ToArray(), definition, models, lexicons);
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
