using DToC.Cli.Reading;

namespace DToC.Cli.Mapping;

/// <summary>
/// The events that the rows of a table make, in one order whenever it is read, and the counts on the way.
/// </summary>
internal sealed class MappedEvents(TableReader table, CompiledMapping mapping, ReplayCounts counts)
{
    private readonly RowGroups _groups = new(Math.Max(1, mapping.OpenGroups), mapping.GroupTests.Count);

    /// <summary>All events; a row or group that cannot be read is counted and left out.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        foreach (var row in table.Rows())
        {
            counts.Lines++;
            if (Take(row) is { } made)
                yield return made;
        }
        foreach (var group in _groups.CloseAll())
        {
            if (Close(group) is { } made)
                yield return made;
        }
    }

    // The event that the row makes, or that of a group which had to be closed for it.
    private byte[]? Take(Row row)
    {
        if (row.Fields.Length != mapping.Layout.Columns.Count)
        {
            counts.AddUnreadable($"not {mapping.Layout.Columns.Count} columns", $"{row.File}:{row.Line}");
            return null;
        }
        try
        {
            if (mapping.Skips(row))
            {
                counts.LinesSkipped++;
                return null;
            }
            mapping.TimeOf(row);
            Count(row);
            var customer = mapping.CustomerOf(row);
            if (customer == null)
                counts.GuestLines++;
            else
                counts.SeeCustomer(customer, mapping.Net?.Invoke(row) ?? 0);
            if (mapping.IsGrouped)
                return TakeIntoGroup(row, customer);
            return customer == null ? null : Build(customer, [row], 0);
        }
        catch (RowFault fault)
        {
            counts.AddUnreadable(fault.Message, $"{row.File}:{row.Line}");
            return null;
        }
    }

    private void Count(Row row)
    {
        for (var i = 0; i < mapping.LineTests.Count; i++)
        {
            if (!mapping.LineTests[i](row))
                continue;
            counts.NamedLines[i]++;
            break;
        }
        if (mapping.Net != null)
            counts.Net += mapping.Net(row);
    }

    private byte[]? TakeIntoGroup(Row row, string? customer)
    {
        var group = _groups.Touch(mapping.GroupOf(row), out var closed);
        (counts.Groups, counts.SplitGroups, counts.ForgotGroups) = (_groups.Count, _groups.Split, _groups.Forgot);
        group.See(row, mapping.GroupTests);
        if (customer != null)
        {
            group.Customer ??= customer;
            if (group.Customer == customer)
                group.Rows.Add(row);
            else
                counts.AddUnreadable("another customer than the rest of its group", $"{row.File}:{row.Line}");
        }
        return closed == null ? null : Close(closed);
    }

    private byte[]? Close(RowGroup group)
    {
        for (var i = 0; i < group.All.Count && group.Part == 0; i++)
        {
            if (group.All[i])
                counts.NamedGroups[i]++;
        }
        if (group.Customer == null)
            return null;
        try
        {
            return Build(group.Customer, group.Rows, group.Part);
        }
        catch (RowFault fault)
        {
            counts.AddUnreadable(fault.Message, $"{group.Rows[0].File}:{group.Rows[0].Line}");
            return null;
        }
    }

    private byte[] Build(string customer, IReadOnlyList<Row> rows, int part)
    {
        var made = mapping.Events.Build(customer, rows, part);
        counts.Events++;
        counts.LinesSent += rows.Count;
        return made;
    }
}
