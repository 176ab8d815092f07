using System.Globalization;
using DToC.Cli.Reading;

namespace DToC.Cli.Mapping;

/// <summary>A mapping that was checked, with every column looked up.</summary>
internal sealed class CompiledMapping
{
    private const int MaxOpenGroups = 1_000_000;

    private readonly Func<Row, bool>[] _skips;
    private readonly TimeColumn _time;
    private readonly TimeSpan _offset;
    private readonly int _timeIndex;
    private readonly int _customerIndex;
    private readonly TextForm _customerForm;
    private readonly int _groupIndex;

    public CompiledMapping(RowMapping mapping)
    {
        Layout = mapping.Table with { Delimiter = DelimiterOf(mapping.Table.Delimiter) };
        if (Layout.Delimiter == TableLayout.Fixed
            && (Layout.Widths.Count != Layout.Columns.Count || Layout.Widths.Any(width => width < 1)))
        {
            throw new MappingFault("table.widths should hold a width of 1 or more for each column.");
        }
        Report = mapping.Report;
        var columns = new ColumnSet(Layout.Columns);
        _skips = [.. mapping.Skip.Select(columns.Test)];
        _time = mapping.Time;
        _timeIndex = columns.IndexOf(mapping.Time.Column);
        _offset = OffsetOf(mapping.Time.Offset);
        _customerIndex = columns.IndexOf(mapping.Customer.Column);
        _customerForm = mapping.Customer.Form;
        _groupIndex = mapping.GroupBy is { } group ? columns.IndexOf(group.Column) : -1;
        OpenGroups = mapping.GroupBy?.OpenGroups ?? 0;
        if (IsGrouped && OpenGroups is < 1 or > MaxOpenGroups)
            throw new MappingFault($"groupBy.openGroups is {OpenGroups}, wanted 1..{MaxOpenGroups:N0}.");
        LineTests = [.. mapping.Report.Lines.Select(line => columns.Test(line.When))];
        GroupTests = [.. mapping.Report.Groups.Select(line => columns.Test(line.When))];
        Net = mapping.Report.Net is { } net ? columns.Product(net) : null;
        Events = new EventBuilder(mapping.Event, columns, this);
    }

    /// <summary>Layout of the table, the delimiter as the parser takes it.</summary>
    public TableLayout Layout { get; }

    /// <summary>Names of what is counted.</summary>
    public ReportTemplate Report { get; }

    /// <summary>Conditions on rows, in the report's order.</summary>
    public IReadOnlyList<Func<Row, bool>> LineTests { get; }

    /// <summary>Conditions on all rows of a group, in the report's order.</summary>
    public IReadOnlyList<Func<Row, bool>> GroupTests { get; }

    /// <summary>What is summed over all rows; null when nothing is.</summary>
    public Func<Row, decimal>? Net { get; }

    /// <summary>Makes events of rows.</summary>
    public EventBuilder Events { get; }

    /// <summary>True when several rows make one event.</summary>
    public bool IsGrouped => _groupIndex >= 0;

    /// <summary>Groups kept open.</summary>
    public int OpenGroups { get; }

    /// <summary>True when the row is left out.</summary>
    public bool Skips(Row row) => Array.Exists(_skips, skip => skip(row));

    /// <summary>The row's group.</summary>
    public string GroupOf(Row row) => row.Fields[_groupIndex].Trim();

    /// <summary>The customer's id; null for a guest.</summary>
    public string? CustomerOf(Row row)
    {
        var field = row.Fields[_customerIndex];
        if (string.IsNullOrWhiteSpace(field))
            return null;
        return _customerForm == TextForm.Integer ? NumberText.Whole(field) : field.Trim();
    }

    /// <summary>When the row happened.</summary>
    /// <exception cref="RowFault">The time is not of the mapping's format.</exception>
    public DateTimeOffset TimeOf(Row row)
    {
        var parsed = DateTime.TryParseExact(
            row.Fields[_timeIndex].Trim(),
            _time.Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var local);
        return parsed
            ? new DateTimeOffset(local, _offset)
            : throw new RowFault($"{_time.Column} is not a time of the form {_time.Format}");
    }

    private static string DelimiterOf(string delimiter) => delimiter switch
    {
        "tab" => "\t",
        TableLayout.Whitespace or TableLayout.Fixed => delimiter,
        [var only] when char.IsAscii(only) => delimiter,
        _ => throw new MappingFault(
            $"table.delimiter is '{delimiter}', wanted one ASCII character, tab, whitespace or fixed."),
    };

    private static TimeSpan OffsetOf(string offset)
    {
        var digits = offset.TrimStart('+', '-');
        if (TimeSpan.TryParseExact(digits, @"hh\:mm", CultureInfo.InvariantCulture, out var span)
            && span <= TimeSpan.FromHours(14))
        {
            return offset.StartsWith('-') ? -span : span;
        }
        throw new MappingFault($"time.offset is '{offset}', wanted one such as +01:00.");
    }
}
