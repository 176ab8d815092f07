using System.Text.Json;

namespace DToC.Twin.Models;

/// <summary>
/// Reads one object of a stored model. What is missing, of the wrong type or not known fails with its path: a model
/// that is not wholly understood is not run.
/// </summary>
public sealed class ModelFields
{
    private const int MostPath = 160;
    private const int KeptOfPath = 60;

    private readonly JsonElement _object;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>An object at a path, for example <c>parameters</c>.</summary>
    /// <exception cref="InvalidDataException">It is no object, or names a key twice.</exception>
    public ModelFields(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(path, value, "an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!names.Add(property.Name)) throw new InvalidDataException($"{path}: '{property.Name}' is there twice.");
        }
        (_object, Path) = (value, path.Length <= MostPath ? path : $"{path[..KeptOfPath]}...{path[^KeptOfPath..]}");
    }

    /// <summary>Where the object stands, for errors; of one deep in others only where that begins and ends.</summary>
    public string Path { get; }

    /// <summary>Its keys, in the order written.</summary>
    public IReadOnlyList<string> Names => [.. _object.EnumerateObject().Select(property => property.Name)];

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidDataException">As for all members: missing or not as asked.</exception>
    public double Number(string name) => NumberOf(Value(name), PathOf(name));

    /// <summary>A finite number, or null when there is none.</summary>
    public double? NumberOrNull(string name) =>
        Find(name) is { } value ? NumberOf(value, PathOf(name)) : null;

    /// <summary>A whole number within bounds, both included.</summary>
    public int Integer(string name, int min, int max) => IntegerOf(Value(name), PathOf(name), min, max);

    /// <summary>A text.</summary>
    public string Text(string name) => TextOf(Value(name), PathOf(name));

    /// <summary>A text, or null when there is none.</summary>
    public string? TextOrNull(string name) => Find(name) is { } value ? TextOf(value, PathOf(name)) : null;

    /// <summary>One of the words of an enum, written in camel case.</summary>
    public T Word<T>(string name)
        where T : struct, Enum
    {
        var word = Text(name);
        foreach (var value in Enum.GetValues<T>())
        {
            if (Written(value) == word) return value;
        }
        throw new InvalidDataException(
            $"{PathOf(name)}: '{word}' is not known; it is one of "
            + $"{string.Join(", ", Enum.GetValues<T>().Select(Written))}.");
    }

    /// <summary>How <see cref="Word"/> reads a value of an enum.</summary>
    public static string Written<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Whether something is so; false when it is not said.</summary>
    public bool Flag(string name) => Find(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(PathOf(name), value, "true or false"),
    };

    /// <summary>Whether things are so, each written as true, false, 1 or 0.</summary>
    public bool[] Flags(string name)
    {
        var path = PathOf(name);
        return [.. Items(name).Select((item, i) => item.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => IntegerOf(item, $"{path}[{i}]", 0, 1) == 1,
        })];
    }

    /// <summary>Finite numbers.</summary>
    public double[] Numbers(string name)
    {
        var path = PathOf(name);
        return [.. Items(name).Select((item, i) => NumberOf(item, $"{path}[{i}]"))];
    }

    /// <summary>Finite numbers, or none when they are not there.</summary>
    public double[] NumbersOrNone(string name) => Find(name) is null ? [] : Numbers(name);

    /// <summary>Whole numbers within bounds, both included.</summary>
    public int[] Integers(string name, int min, int max)
    {
        var path = PathOf(name);
        return [.. Items(name).Select((item, i) => IntegerOf(item, $"{path}[{i}]", min, max))];
    }

    /// <summary>Texts.</summary>
    public string[] Texts(string name)
    {
        var path = PathOf(name);
        return [.. Items(name).Select((item, i) => TextOf(item, $"{path}[{i}]"))];
    }

    /// <summary>Texts, or none when they are not there.</summary>
    public string[] TextsOrNone(string name) => Find(name) is null ? [] : Texts(name);

    /// <summary>An object in it.</summary>
    public ModelFields Of(string name) => new(Value(name), PathOf(name));

    /// <summary>An object in it, or null when there is none.</summary>
    public ModelFields? OfOrNull(string name) =>
        Find(name) is { } value ? new ModelFields(value, PathOf(name)) : null;

    /// <summary>Objects in it.</summary>
    public IReadOnlyList<ModelFields> List(string name)
    {
        var path = PathOf(name);
        return [.. Items(name).Select((item, i) => new ModelFields(item, $"{path}[{i}]"))];
    }

    /// <summary>Takes a key for known, whatever it holds.</summary>
    public void Ignore(string name) => _read.Add(name);

    /// <summary>Nothing may be left that was not read.</summary>
    public void End()
    {
        foreach (var property in _object.EnumerateObject())
        {
            if (!_read.Contains(property.Name))
                throw new InvalidDataException($"{Path}: '{property.Name}' is not known.");
        }
    }

    private IEnumerable<JsonElement> Items(string name)
    {
        var value = Value(name);
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(PathOf(name), value, "an array");
        return value.EnumerateArray();
    }

    private JsonElement Value(string name) =>
        Find(name) ?? throw new InvalidDataException($"{Path}: '{name}' is missing.");

    private JsonElement? Find(string name)
    {
        _read.Add(name);
        return _object.TryGetProperty(name, out var value) ? value : null;
    }

    private string PathOf(string name) => $"{Path}.{name}";

    private static double NumberOf(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(path, value, "a finite number");

    private static int IntegerOf(JsonElement value, string path, int min, int max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max
            ? number
            : throw Wrong(path, value, $"a whole number from {min} to {max}");

    private static string TextOf(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            ? text
            : throw Wrong(path, value, "a text");

    private static InvalidDataException Wrong(string path, JsonElement value, string right)
    {
        var shown = value.GetRawText();
        return new InvalidDataException(
            $"{path}: {(shown.Length > 40 ? shown[..40] + "..." : shown)} is not {right}.");
    }
}
