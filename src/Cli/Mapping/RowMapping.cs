using System.Text.Json;

namespace DToC.Cli.Mapping;

/// <summary>
/// How the rows of a table become events: an immutable recipe, read by <see cref="MappingReader"/>.
/// </summary>
internal sealed record RowMapping
{
    /// <summary>How the table is laid out.</summary>
    public required TableLayout Table { get; init; }

    /// <summary>Rows left out entirely: those that meet one of these conditions.</summary>
    public IReadOnlyList<RowCondition> Skip { get; init; } = [];

    /// <summary>Where the customer stands. A row without one is a guest's: counted and not sent.</summary>
    public required CustomerColumn Customer { get; init; }

    /// <summary>Where the time stands.</summary>
    public required TimeColumn Time { get; init; }

    /// <summary>Rows of one value of a column become one event; absent makes each row one event.</summary>
    public GroupColumn? GroupBy { get; init; }

    /// <summary>The event to make.</summary>
    public required EventTemplate Event { get; init; }

    /// <summary>What to count besides.</summary>
    public ReportTemplate Report { get; init; } = new();
}

/// <summary>The layout of a table.</summary>
/// <param name="Delimiter">One character, <c>tab</c>, <c>whitespace</c> for runs of blanks, or
/// <c>fixed</c>.</param>
/// <param name="Columns">Names of the columns in order.</param>
/// <param name="Header">True when each file begins with a line of these names.</param>
internal sealed record TableLayout(string Delimiter, IReadOnlyList<string> Columns, bool Header = false)
{
    /// <summary>The delimiter that stands for runs of blanks.</summary>
    public const string Whitespace = "whitespace";

    /// <summary>The delimiter that stands for columns of fixed <see cref="Widths"/>.</summary>
    public const string Fixed = "fixed";

    /// <summary>With <see cref="Fixed"/>: the width of each column in characters.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [];
}

/// <summary>
/// A condition on one column; all that is given must hold. Numbers are compared as numbers.
/// </summary>
internal sealed record RowCondition
{
    /// <summary>The column.</summary>
    public required string Column { get; init; }

    /// <summary>Text it begins with.</summary>
    public string? StartsWith { get; init; }

    /// <summary>Text it is equal to.</summary>
    public string? EqualTo { get; init; }

    /// <summary>Number it is less than.</summary>
    public decimal? Below { get; init; }

    /// <summary>Number it is greater than.</summary>
    public decimal? Above { get; init; }

    /// <summary>True wants it empty, false wants it filled.</summary>
    public bool? Empty { get; init; }
}

/// <summary>How the text of a column is brought to one form.</summary>
internal enum TextForm
{
    /// <summary>Blanks around it cut off.</summary>
    Text,

    /// <summary>As a whole number: <c>17850.0</c> and <c>017850</c> are <c>17850</c>.</summary>
    Integer,
}

/// <summary>The column that names the customer.</summary>
internal sealed record CustomerColumn(string Column, TextForm Form = TextForm.Text);

/// <summary>The column that tells the time.</summary>
/// <param name="Column">The column.</param>
/// <param name="Format">A .NET format, such as <c>yyyy-MM-dd HH:mm:ss</c>.</param>
/// <param name="Offset">Offset from UTC of the clock it was read from, such as <c>+01:00</c>.</param>
internal sealed record TimeColumn(string Column, string Format, string Offset = "+00:00");

/// <summary>The column that holds rows together.</summary>
/// <param name="Column">The column.</param>
/// <param name="OpenGroups">Groups kept open for further rows; then the one touched longest ago is
/// closed.</param>
internal sealed record GroupColumn(string Column, int OpenGroups = 4_096);

/// <summary>The event that rows become.</summary>
/// <param name="Id">Template; <c>{Column}</c>, <c>{row}</c> (number over all files), <c>{file}</c>,
/// <c>{line}</c>.</param>
/// <param name="Types">The first that applies.</param>
/// <param name="Source">Event source.</param>
/// <param name="Properties">Its properties.</param>
internal sealed record EventTemplate(
    string Id, IReadOnlyList<TypeCase> Types, string Source, IReadOnlyList<PropertyTemplate> Properties)
{
    /// <summary>Members of the event's context.</summary>
    public IReadOnlyList<PropertyTemplate> Context { get; init; } = [];
}

/// <summary>A type, and the condition that all rows of the event must meet for it.</summary>
/// <param name="Type">Event type.</param>
/// <param name="When">The condition; absent always applies.</param>
/// <param name="Sign">Factor of sums and of signed properties, such as -1 for a refund told in negative
/// amounts.</param>
internal sealed record TypeCase(string Type, RowCondition? When = null, int Sign = 1);

/// <summary>How a property is written.</summary>
internal enum PropertyForm
{
    /// <summary>As text.</summary>
    Text,

    /// <summary>As a number.</summary>
    Number,

    /// <summary>As a whole number.</summary>
    Integer,
}

/// <summary>One property; exactly one of Value, Text, Column, Sum and Rows is given.</summary>
internal sealed record PropertyTemplate
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>A constant.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>A template over the first row, as in <see cref="EventTemplate.Id"/>.</summary>
    public string? Text { get; init; }

    /// <summary>A column of the first row.</summary>
    public string? Column { get; init; }

    /// <summary>How <see cref="Column"/> is written; an empty number is left out.</summary>
    public PropertyForm Form { get; init; } = PropertyForm.Text;

    /// <summary>True multiplies a number by the sign of the event's type.</summary>
    public bool Signed { get; init; }

    /// <summary>
    /// A product of columns and numbers, such as <c>Quantity * UnitPrice</c>, summed over the rows.
    /// </summary>
    public string? Sum { get; init; }

    /// <summary>An object for each row, in order.</summary>
    public IReadOnlyList<PropertyTemplate>? Rows { get; init; }
}

/// <summary>What the closing report counts besides.</summary>
internal sealed record ReportTemplate
{
    /// <summary>Rows by the first condition they meet.</summary>
    public IReadOnlyList<NamedCondition> Lines { get; init; } = [];

    /// <summary>What a group is called, in the plural.</summary>
    public string GroupName { get; init; } = "groups";

    /// <summary>Groups all of whose rows meet a condition.</summary>
    public IReadOnlyList<NamedCondition> Groups { get; init; } = [];

    /// <summary>A product as in <see cref="PropertyTemplate.Sum"/>, summed over all rows read.</summary>
    public string? Net { get; init; }
}

/// <summary>A condition and what is counted by it.</summary>
internal sealed record NamedCondition(string Name, RowCondition When);
