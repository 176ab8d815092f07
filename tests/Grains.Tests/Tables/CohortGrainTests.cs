using DToC.Twin;

namespace DToC.Grains.Tests.Tables;

public sealed class CohortGrainTests
{
    private readonly TableRoom _room = new(new CohortGrain(), CohortGrain.KeyOf("spring"));

    private CohortHeader Header => CohortHeader.Read(_room.Rows[CohortGrain.HeaderRow].Span);

    [Fact]
    public void Cohort_has_its_members_once_and_nobody_comes_when_it_is_fixed()
    {
        Begin();
        Assert.IsType<CohortReply.Taken>(_room.Tell(new CohortMessage.Begin(New())).Reply);
        Add("a", "b", "a");
        Add("b", "c");
        Assert.Equal((3, false), (Header.Members, Header.IsFixed));
        Assert.IsType<Reply.Done>(_room.Tell(new CohortMessage.Fix()).Reply);
        Assert.IsType<CohortReply.Closed>(Add("d"));
        Assert.IsType<CohortReply.Closed>(_room.Tell(new CohortMessage.Fix()).Reply);
        Assert.Equal("a b c", Members());
        Assert.Equal(
            New() with { Members = 3, IsFixed = true, Categories = [] }, Header with { Categories = [] });
        Assert.Equal(["orders", "behaviour"], Header.Categories);
    }

    [Fact]
    public void Erased_customer_leaves_its_row_and_is_counted()
    {
        Begin();
        Add("a", "b", "h");
        _room.Tell(new CohortMessage.Fix());
        var grain = new CohortGrain();
        var subject = new DataSubject(["h", "b"], []);

        var found = _room.Range("", 10).Where(row => grain.Concerns(row, subject)).ToList();
        Assert.Equal("mb mh", string.Join(' ', found.Select(row => row.Row)));
        Assert.All(found, row => Assert.Contains(
            grain.TracesOf(subject), trace => row.Value.Span.IndexOf(trace) >= 0));
        _room.Tell(new GrainMessage.RemoveRows([.. found.Select(row => row.Row)]) { Customers = subject.Customers });

        Assert.Equal("a", Members());
        Assert.Equal((1, 2), (Header.Members, Header.Erased));
        Assert.False(_room.Tell(new GrainMessage.RemoveRows(["mb"])).Changed);
    }

    [Fact]
    public void Cohort_is_bounded_and_goes_part_by_part()
    {
        Begin();
        for (var i = 0; i < 2_500; i += 500)
            Add([.. Enumerable.Range(i, 500).Select(n => $"c-{n}")]);
        Assert.Throws<ArgumentException>(() => Add([.. Enumerable.Range(0, 1_001).Select(n => $"d-{n}")]));

        Assert.Equal(new CohortReply.Discarded(false), _room.Tell(new CohortMessage.Discard()).Reply);
        Assert.Equal((1_500, true), (Header.Members, Header.IsFixed));
        Assert.Equal(new CohortReply.Discarded(false), _room.Tell(new CohortMessage.Discard()).Reply);
        Assert.Equal(new CohortReply.Discarded(true), _room.Tell(new CohortMessage.Discard()).Reply);

        Assert.Empty(_room.Rows);
        Assert.Equal(new CohortReply.Discarded(true), _room.Tell(new CohortMessage.Discard()).Reply);
        Assert.IsType<CohortReply.Closed>(Add("late"));
        Begin();
        Assert.Equal(0, Header.Members);
    }

    [Fact]
    public void Cohort_that_is_full_takes_nobody()
    {
        Begin();
        for (var i = 0; i < CohortGrain.MaxMembers; i += CohortGrain.MaxBatch)
            Add([.. Enumerable.Range(i, CohortGrain.MaxBatch).Select(n => $"c-{n}")]);
        Assert.Equal(new CohortReply.Full(CohortGrain.MaxMembers), Add("one more"));
        Assert.IsType<Reply.Done>(Add("c-7"));
        Assert.Equal(CohortGrain.MaxMembers, Header.Members);
    }

    [Theory]
    [InlineData("spring-2026_a", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("\u00e4", false)]
    [InlineData(null, false)]
    public void Names_are_letters_digits_and_dashes(string? name, bool isName) =>
        Assert.Equal(isName, CohortGrain.IsName(name));

    [Fact]
    public void Header_of_a_later_build_is_refused()
    {
        var later = New().Write().ToArray();
        later[Array.IndexOf(later, (byte)1)] = 9;
        Assert.Throws<InvalidDataException>(() => CohortHeader.Read(later));
    }

    private CohortHeader New() => new(
        CohortOrigin.Rule, "orders > 2", "analytics", _room.Now.PlusMs(-Instant.DayMs), _room.Now)
    {
        Categories = ["orders", "behaviour"],
    };

    private void Begin() => Assert.IsType<Reply.Done>(_room.Tell(new CohortMessage.Begin(New())).Reply);

    private Reply Add(params string[] customers) => _room.Tell(new CohortMessage.Add(customers)).Reply;

    private string Members() =>
        string.Join(' ', _room.Range(CohortGrain.MemberPrefix, 10).Select(CohortGrain.MemberOf));
}
