using System.Buffers;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.State;

namespace DToC.Twin.Plan;

/// <summary>
/// What a plan is compiled of: the definition's file, and fitted models that stand in the place of those the
/// definition names. Without fitted models its bytes are the file's.
/// </summary>
public sealed class PlanSource
{
    /// <summary>Most bytes of all fitted models together.</summary>
    public const int MaxModelBytes = 4 * ModelFile.MaxBytes;

    // A definition is text: no file of one begins so.
    private static ReadOnlySpan<byte> Mark => [0x00, (byte)'D', (byte)'T', (byte)'o', (byte)'C', 1];

    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _models;

    private PlanSource(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> definition,
        SortedDictionary<string, ReadOnlyMemory<byte>> models)
    {
        (Bytes, Definition, _models) = (bytes, definition, models);
    }

    /// <summary>All of it: what a host keeps, and what the plan's hash is of.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The definition's file.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>Stored forms of fitted models by the name they stand for, sorted.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Models => _models;

    /// <summary>A definition's file, or what <see cref="Bytes"/> was before.</summary>
    /// <exception cref="InvalidDataException">It began as the latter and does not go on so.</exception>
    public static PlanSource Read(ReadOnlyMemory<byte> bytes)
    {
        var models = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (!bytes.Span.StartsWith(Mark)) return new PlanSource(bytes, bytes, models);
        var reader = new BinaryFormReader(bytes.Span[Mark.Length..]);
        var definition = reader.Bytes().ToArray();
        for (var left = reader.Count(DefinitionLimits.Models); left > 0; left--)
        {
            if (!models.TryAdd(reader.Text(), reader.Bytes().ToArray()))
                throw new InvalidDataException("Two fitted models stand for one name.");
        }
        reader.End();
        return new PlanSource(bytes, definition, models);
    }

    /// <summary>The same with a fitted model in the place of another, or of the definition's own.</summary>
    /// <exception cref="InvalidDataException">All models together would be too large.</exception>
    public PlanSource With(string name, ReadOnlyMemory<byte> model) =>
        Of(Definition, [.. OtherThan(name), new(name, model)]);

    /// <summary>The same without the fitted model of a name.</summary>
    public PlanSource Without(string name) => Of(Definition, [.. OtherThan(name)]);

    /// <summary>Another definition with those of the fitted models that it names, too.</summary>
    /// <param name="definition">Its file.</param>
    /// <param name="isNamed">Whether it has a model of a name.</param>
    public PlanSource WithDefinition(ReadOnlyMemory<byte> definition, Func<string, bool> isNamed) =>
        Of(definition, [.. _models.Where(model => isNamed(model.Key))]);

    private IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> OtherThan(string name) =>
        _models.Where(model => model.Key != name);

    private static PlanSource Of(
        ReadOnlyMemory<byte> definition, IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> models)
    {
        if (models.Count == 0) return Read(definition);
        var modelBytes = models.Sum(model => (long)model.Value.Length);
        if (modelBytes > MaxModelBytes)
            throw new InvalidDataException($"The fitted models would have more than {MaxModelBytes} bytes together.");
        var output = new ArrayBufferWriter<byte>(definition.Length + (int)modelBytes + 1024);
        var writer = new BinaryFormWriter(output);
        writer.Raw(Mark);
        writer.Bytes(definition.Span);
        writer.Unsigned((ulong)models.Count);
        foreach (var (name, model) in models.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Bytes(model.Span);
        }
        return Read(output.WrittenMemory.ToArray());
    }
}
