namespace DToC.Twin.Definitions.Reading;

/// <summary>Shapes in the words of messages.</summary>
internal static class ShapeWords
{
    /// <summary>The JSON type, with its article.</summary>
    public static string Kind(Shape shape) => shape switch
    {
        Shape.Text or Shape.Word => "a text",
        Shape.Number or Shape.Step => "a number",
        Shape.Flag => "true or false",
        Shape.ListOf { OrSingle: true } => "a text or a list of texts",
        Shape.ListOf => "a list",
        _ => "an object",
    };

    /// <summary>What would be right at this place.</summary>
    public static string Wanted(Shape shape) => shape switch
    {
        Shape.Text text => text.Pattern.Wanted,
        Shape.Word word => OneOf(word.Words),
        Shape.Number number => Range(number),
        Shape.Step step => OneOf(step.Steps.Select(value => $"{value}")),
        Shape.ListOf { OrSingle: true } list => $"{Wanted(list.Item)}, or a list of 1 to {list.Most} of them",
        Shape.ListOf list => $"a list of 1 to {list.Most} items, each {Wanted(list.Item)}",
        Shape.MapOf map => $"an object of {map.Fewest} to {map.Most} entries, each keyed by {map.Name.What}",
        Shape.Record record => "an object with the keys "
            + string.Join(", ", record.Keys.Where(key => key.Required).DefaultIfEmpty(record.Keys[0])
                .Select(key => key.Name)),
        Shape.Choice choice => $"an object with the key {choice.By}",
        _ => Kind(shape),
    };

    /// <summary>A choice of words.</summary>
    public static string OneOf(IEnumerable<string> words) => "one of: " + string.Join(", ", words);

    private static string Range(Shape.Number number)
    {
        var what = number.Whole ? "a whole number" : "a number";
        return number switch
        {
            { Least: -double.MaxValue, Most: double.MaxValue } => what,
            { Above: true, Most: double.MaxValue } => $"{what} above {number.Least}",
            { Above: true } => $"{what} above {number.Least}, at most {number.Most}",
            _ => $"{what} from {number.Least} to {number.Most}",
        };
    }
}
