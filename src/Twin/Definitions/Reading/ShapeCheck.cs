namespace DToC.Twin.Definitions.Reading;

/// <summary>Compares a document with a shape and collects what is wrong, in the order of the file.</summary>
internal sealed class ShapeCheck(string file)
{
    /// <summary>The path of the document itself.</summary>
    public const string RootPath = "(document)";

    private const int LongestQuote = 60;
    private const int LongestPath = 400;

    private readonly List<DefinitionError> _errors = [];

    /// <summary>The first errors found, at most <see cref="DefinitionLimits.Errors"/>.</summary>
    public IReadOnlyList<DefinitionError> Errors => _errors;

    /// <summary>Reads a text as an object of a shape; null with what is wrong, in the order of the text.</summary>
    public static (JsoncObject? Root, IReadOnlyList<DefinitionError> Errors) Read(
        ReadOnlySpan<byte> utf8, Shape.Record shape, string file, int mostBytes)
    {
        if (utf8.Length > mostBytes)
        {
            return (null, [new DefinitionError(
                file, new Position(1, 1), RootPath, $"the file has {utf8.Length} bytes",
                $"Write at most {mostBytes} bytes.")]);
        }
        var document = JsoncDocument.Parse(utf8, file);
        var check = new ShapeCheck(file);
        if (document.Root is { } root) check.Check(root, shape, "");
        var errors = document.Errors.Concat(check.Errors)
            .OrderBy(error => error.At.Line).ThenBy(error => error.At.Column)
            .Take(DefinitionLimits.Errors).ToList();
        return (errors.Count == 0 ? document.Root as JsoncObject : null, errors);
    }

    /// <summary>Path of a member.</summary>
    public static string Below(string path, string key) => path.Length == 0 ? Quote(key) : $"{path}.{Quote(key)}";

    /// <summary>Path of a list's item.</summary>
    public static string Below(string path, int index) => $"{path}[{index}]";

    /// <summary>The path as an error shows it.</summary>
    public static string Shown(string path) =>
        path.Length == 0 ? RootPath : path.Length > LongestPath ? path[..LongestPath] + "..." : path;

    // Whatever comes later in the file is not reported, so a hostile file is not worth the search for words.
    private bool IsFull => _errors.Count >= DefinitionLimits.Errors;

    /// <summary>Checks a value and all below it.</summary>
    public void Check(JsoncNode node, Shape shape, string path)
    {
        if (IsFull)
            return;
        switch (shape, node)
        {
            case (Shape.Text want, JsoncText text):
                CheckText(text, want.Pattern, path);
                break;
            case (Shape.Number want, JsoncNumber number):
                CheckNumber(number, want, path);
                break;
            case (Shape.Step want, JsoncNumber number):
                if (!want.Steps.Any(step => step == number.Value))
                    Add(number.At, path, $"{Quote(number.Written)} is not allowed", Wanted(want));
                break;
            case (Shape.Flag, JsoncBoolean):
                break;
            case (Shape.Word want, JsoncText word):
                CheckWord(word, want.Words, path);
                break;
            case (Shape.ListOf want, JsoncList list):
                CheckList(list, want, path);
                break;
            case (Shape.ListOf { OrSingle: true } want, JsoncText single):
                Check(single, want.Item, path);
                break;
            case (Shape.MapOf want, JsoncObject map):
                CheckMap(map, want, path);
                break;
            case (Shape.Record want, JsoncObject found):
                CheckRecord(found, want, path);
                break;
            case (Shape.Choice want, JsoncObject found):
                CheckChoice(found, want, path);
                break;
            case (Shape.Content, JsoncObject content):
                CheckContent(content, path);
                break;
            default:
                Add(node.At, path, $"expected {ShapeWords.Kind(shape)}, found {node.Kind}", Wanted(shape));
                break;
        }
    }

    private void CheckText(JsoncText text, TextPattern pattern, string path)
    {
        if (!pattern.Matches(text.Value))
            Add(text.At, path, $"'{Quote(text.Value)}' is not {pattern.What}", $"Write {pattern.Wanted}.");
        else if (text.Value.Length > pattern.Longest)
            Add(text.At, path, $"the text has {text.Value.Length} characters", $"Write {pattern.Wanted}.");
    }

    private void CheckNumber(JsoncNumber number, Shape.Number want, string path)
    {
        var value = number.Value;
        if (!(value <= want.Most) || value < want.Least || (want.Above && value == want.Least))
            Add(number.At, path, $"{Quote(number.Written)} is out of range", Wanted(want));
        else if (want.Whole && value != Math.Floor(value))
            Add(number.At, path, $"{Quote(number.Written)} is not a whole number", Wanted(want));
    }

    private void CheckWord(JsoncText word, IReadOnlyList<string> words, string path)
    {
        if (!words.Contains(word.Value, StringComparer.Ordinal))
            Add(word.At, path, $"'{Quote(word.Value)}' is not a word known here",
                Meant(word.Value, words) + $"Write {ShapeWords.OneOf(words)}.");
    }

    private void CheckList(JsoncList list, Shape.ListOf want, string path)
    {
        if (list.Items.Count == 0)
            Add(list.At, path, "the list is empty", "Name at least one, or leave out a key that may be absent.");
        if (list.Items.Count > want.Most)
            Add(list.At, path, $"the list has {list.Items.Count} items", $"Write at most {want.Most}.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Items.Count; i++)
        {
            Check(list.Items[i], want.Item, Below(path, i));
            if (list.Items[i] is JsoncText text && !seen.Add(text.Value))
                Add(text.At, Below(path, i), $"'{Quote(text.Value)}' is in the list twice", "Name it once.");
        }
    }

    private void CheckMap(JsoncObject map, Shape.MapOf want, string path)
    {
        if (map.Members.Count < want.Fewest)
            Add(map.At, path, "the object is empty", "Name at least one.");
        if (map.Members.Count > want.Most)
            Add(map.At, path, $"the object has {map.Members.Count} entries", $"Write at most {want.Most}.");
        foreach (var (key, at, value) in map.Members.Values)
        {
            if (!want.Name.Matches(key) || key.Length > want.Name.Longest)
                Add(at, Below(path, key), $"'{Quote(key)}' is not {want.Name.What}", $"Write {want.Name.Wanted}.");
            Check(value, want.Value, Below(path, key));
        }
    }

    private void CheckRecord(JsoncObject found, Shape.Record want, string path)
    {
        foreach (var key in want.Keys)
        {
            if (key.Required && found.Find(key.Name) is null)
                Missing(found, key, path);
        }

        foreach (var (name, at, value) in found.Members.Values)
        {
            if (want.Find(name) is { } key)
                Check(value, key.Shape, Below(path, name));
            else
                Unknown(name, at, want, path);
        }

        foreach (var agreement in want.Agreements)
            CheckAgreement(found, agreement, want, path);
    }

    private void CheckChoice(JsoncObject found, Shape.Choice want, string path)
    {
        var by = Below(path, want.By);
        switch (found.Find(want.By))
        {
            // Which other keys are right hangs on this one; errors about them would mislead.
            case null:
                Add(found.At, by, $"'{want.By}' is missing", $"Add \"{want.By}\": {ShapeWords.OneOf(want.Words)}.");
                break;
            case JsoncText word when want.Find(word.Value) is { } record:
                CheckRecord(found, record, path);
                break;
            case var other:
                Check(other, new Shape.Word(want.Words), by);
                break;
        }
    }

    private void CheckContent(JsoncObject content, string path)
    {
        var bytes = CompactJson.Of(content).Length;
        if (bytes > DefinitionLimits.ContentBytes)
            Add(content.At, path, $"the content has {bytes} bytes",
                $"Write at most {DefinitionLimits.ContentBytes} bytes of compact JSON.");
    }

    private void CheckAgreement(JsoncObject found, Agreement agreement, Shape.Record want, string path)
    {
        switch (agreement)
        {
            case Agreement.Needs(var key, var other) when found.Find(key) is not null && found.Find(other) is null:
                Missing(found, want.Find(other)!, path); // agreements name keys of their own record
                break;
            case Agreement.NeededFor(var key, var by, var word)
                when found.Find(by) is JsoncText text && text.Value == word && found.Find(key) is null:
                Missing(found, want.Find(key)!, path); // agreements name keys of their own record
                break;
            case Agreement.NotAbove(var low, var high)
                when found.Find(low) is JsoncNumber a && found.Find(high) is JsoncNumber b && a.Value > b.Value:
                Add(a.At, Below(path, low), $"'{low}' {Quote(a.Written)} is above '{high}' {Quote(b.Written)}",
                    $"Write a '{low}' that is at most '{high}'.");
                break;
            case Agreement.Differ(var one, var other)
                when found.Find(one) is JsoncText a && found.Find(other) is JsoncText b && a.Value == b.Value:
                Add(b.At, Below(path, other), $"'{one}' and '{other}' are equal", "Write two different ones.");
                break;
        }
    }

    private void Missing(JsoncObject found, Key key, string path) =>
        Add(found.At, Below(path, key.Name), $"'{key.Name}' is missing",
            $"Add \"{key.Name}\": {ShapeWords.Wanted(key.Shape)}.");

    private void Unknown(string name, Position at, Shape.Record want, string path)
    {
        if (IsFull)
            return;
        var known = want.Keys.Select(key => key.Name).ToList();
        Add(at, Below(path, name), $"unknown key '{Quote(name)}'",
            Meant(name, known) + $"Keys known here: {string.Join(", ", known)}.");
    }

    private static string Meant(string word, IEnumerable<string> known) =>
        NearestName.Of(word, known) is { } nearest ? $"Did you mean '{nearest}'? " : "";

    private static string Wanted(Shape shape) => $"Write {ShapeWords.Wanted(shape)}.";

    private static string Quote(string text) => text.Length > LongestQuote ? text[..LongestQuote] + "..." : text;

    private void Add(Position at, string path, string message, string remedy)
    {
        if (!IsFull)
            _errors.Add(new DefinitionError(file, at, Shown(path), message, remedy));
    }
}
