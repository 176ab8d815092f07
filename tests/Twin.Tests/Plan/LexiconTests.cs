using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Plan;

/// <summary>Texts scored by words that the definition names.</summary>
public class LexiconTests
{
    private const string Words = "crisp\t2.5\nsoggy\t-2.5\nbeaming\t1.5\n";
    private const string Emoji = "\U0001F601\tbeaming face\n";
    private const string Signals = """
        "mood": { "path": "note", "type": "sentiment", "lexicon": "bakery.txt", "emoji": "faces.txt" },
        "shipped": { "path": "other", "type": "sentiment" }
        """;

    private static readonly PlanSource Source =
        Definition(Signals).WithLexicon("bakery.txt", Utf8(Words)).WithLexicon("faces.txt", Utf8(Emoji));

    private static readonly TwinPlan Plan = Compiled(Source);

    [Theory]
    [InlineData("The bread was crisp.", 2.5)]
    [InlineData("The bread was not crisp.", 2.5 * -0.74)]
    [InlineData("A soggy thing", -2.5)]
    [InlineData("see\U0001F601", 1.5)]
    public void Text_is_scored_by_the_words_named(string text, double sum)
    {
        var score = Math.Round(sum / Math.Sqrt(sum * sum + 15), 4);
        Assert.Equal((long)Math.Round(score * 1e4), Read(text, "").Numbers[0]);
    }

    [Fact]
    public void Text_without_a_word_of_the_lexicon_is_missing_and_not_neutral()
    {
        // The shipped scorer knows these words, the lexicon does not.
        const string angry = "Terrible service, I hate it.";

        var read = Read(angry, angry);

        Assert.Equal(TouchpointEvent.Missing, read.Numbers[0]);
        Assert.True(read.Numbers[1] < 0);
        Assert.Contains("\"note\":{\"sentiment\":null}", Encoding.UTF8.GetString(read.Json.Span));
    }

    [Fact]
    public void Words_are_part_of_the_plan_and_come_back_with_it()
    {
        var other = Compiled(Source.WithLexicon("bakery.txt", Utf8("crisp\t-1\n")));
        var kept = TwinPlan.LoadKept(Plan.Source.Bytes);

        Assert.NotEqual(Plan.Hash, other.Hash);
        Assert.Equal(Plan.Hash, kept.Hash);
        Assert.Equal(Read("crisp", "").Numbers, Read("crisp", "", kept).Numbers);
        Assert.True(Read("crisp", "", other).Numbers[0] < 0);
    }

    [Fact]
    public void Changed_words_keep_what_was_scored_and_have_states_folded_anew()
    {
        var changed = Compiled(Source.WithLexicon("bakery.txt", Utf8("crisp\t-1\n")));
        var beside = Compiled(Source.WithLexicon("unnamed.txt", Utf8("crisp\t-1\n")));
        var scored = Read("crisp", "");
        var state = new CustomerState(Plan);
        state.Longs[StateLayout.LastAt] = SmallTwin.Monday.UnixMs;

        var again = Assert.IsType<EventReading.Read>(new EventReader(changed.Events, EventLimits.Stored)
            .ReadStored(scored.Json, scored.OccurredAt, scored.ReceivedAt)).Event;

        Assert.Equal(scored.Numbers, again.Numbers);
        Assert.True(StateMigration.To(changed, state).IsStale);
        Assert.False(StateMigration.To(beside, state).IsStale);
    }

    [Theory]
    [InlineData("crisp 2.5", "bakery.txt, line 1: no tab")]
    [InlineData("crisp\t2.5\r\n\r\nsoggy\tlow", "bakery.txt, line 3: 'low' is not a number from -100 to 100")]
    [InlineData("crisp\t2,5", "bakery.txt, line 1: '2,5' is not a number")]
    [InlineData("crisp\t2.5\nsoggy\t-101", "bakery.txt, line 2: '-101' is not a number")]
    [InlineData("crisp\tNaN", "bakery.txt, line 1: 'NaN' is not a number")]
    [InlineData("\n \n", "bakery.txt: there is no line 'token TAB mean' in it")]
    public void Wrong_words_are_told_with_file_and_line(string words, string told) =>
        Assert.Contains(told, ErrorOf(Source.WithLexicon("bakery.txt", Utf8(words))));

    [Fact]
    public void Words_that_cannot_be_read_are_told()
    {
        byte[] latin = [.. Utf8("crisp\t1\nm"), 0xFC, .. Utf8("de\t-1\n")];
        Assert.Contains("bakery.txt, line 2: not UTF-8", ErrorOf(Source.WithLexicon("bakery.txt", latin)));
        Assert.Contains(
            "bakery.txt has 4194305 bytes; at most 4194304",
            ErrorOf(Source.WithLexicon("bakery.txt", new byte[LexiconFile.MaxBytes + 1])));
        Assert.Contains("line 1: a column has more than 128 characters", ErrorOf(Source.WithLexicon(
            "bakery.txt", Utf8(new string('x', LexiconFile.MaxColumnChars + 1) + "\t1"))));
        Assert.Contains("more than 200000 lines", ErrorOf(Source.WithLexicon(
            "bakery.txt", Utf8(new string('\n', LexiconFile.MaxLines + 1) + Words))));
        Assert.Contains(
            "faces.txt: there is no line 'emoji TAB description'",
            ErrorOf(Source.WithLexicon("faces.txt", Utf8(Words))));
    }

    [Fact]
    public void Byte_order_mark_and_line_ends_of_others_are_read() =>
        Assert.Equal(3, VaderLexicon.Read(
            new LexiconFile("w", new byte[] { 0xEF, 0xBB, 0xBF }.Concat(Utf8(Words.Replace("\n", "\r\n"))).ToArray()))
            .Count);

    [Fact]
    public void File_says_itself_what_it_holds()
    {
        Assert.Equal((LexiconKind.Words, 3), VaderLexicon.Look(new LexiconFile("w", Utf8(Words))));
        Assert.Equal((LexiconKind.Emoji, 1), VaderLexicon.Look(new LexiconFile("e", Utf8(Emoji))));
        Assert.Contains("line 1: 'good'", Assert.Throws<InvalidDataException>(
            () => VaderLexicon.Look(new LexiconFile("w", Utf8("very\tgood")))).Message);
    }

    [Fact]
    public void Missing_words_are_told_where_they_are_named()
    {
        var error = ErrorOf(Source.WithoutLexicon("faces.txt"));

        Assert.Contains("events.Said.signals.mood.emoji: There is no lexicon 'faces.txt'", error);
        Assert.Contains("beside the definition, name it with --lexicon, or send PUT /v1/lexicons/faces.txt", error);
        Assert.Matches(@"^small\.jsonc\(\d+,\d+\)", error);
    }

    [Theory]
    [InlineData("\"lexicon\": \"../secret.txt\"", "is not a file name")]
    [InlineData("\"lexicon\": \"/etc/words\"", "is not a file name")]
    [InlineData("\"lexicon\": \".hidden\"", "is not a file name")]
    [InlineData("\"emoji\": \"faces.txt\"", "lexicon")]
    public void Name_leads_nowhere_else(string keys, string told) =>
        Assert.Contains(told, ErrorOf(Definition($$"""
            "mood": { "path": "note", "type": "sentiment", {{keys}} }
            """)));

    [Fact]
    public void New_definition_keeps_the_words_it_still_names()
    {
        var without = TwinPlan.Load(
            Definition(""" "shipped": { "path": "other", "type": "sentiment" } """), "small.jsonc", Source);
        Assert.Empty(Assert.IsType<PlanCompilation.Compiled>(without).Plan.Source.Lexicons);
        var with = Assert.IsType<PlanCompilation.Compiled>(
            TwinPlan.Load(Definition(Signals), "small.jsonc", Source)).Plan;
        Assert.Equal(Plan.Hash, with.Hash);
        var full = PlanSource.OfFile(Source.Definition).WithLexicon("x.txt", new byte[PlanSource.MaxLexiconBytes]);
        Assert.Contains("more than 16777216 bytes", Assert.Single(
            Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(full, "small.jsonc", Source)).Errors).Message);
    }

    [Fact]
    public void One_scorer_serves_many_threads()
    {
        string[] texts = ["crisp", "not crisp", "soggy \U0001F601", "VERY crisp, but soggy!", "bread"];
        var scorer = Plan.Events.Types.Single(type => type.Name == "Said").Scorers[0]!; // a text has one
        var alone = texts.Select(text => TextScoring.ScoreOf(scorer, text)).ToArray();

        var together = Enumerable.Range(0, 4_000).AsParallel().WithDegreeOfParallelism(8)
            .Select(i => TextScoring.ScoreOf(scorer, texts[i % texts.Length]).Equals(alone[i % texts.Length]));

        Assert.DoesNotContain(false, together);
        Allocation.IsNone(() => TextScoring.ScoreOf(scorer, texts[3]));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static PlanSource Definition(string signals) => PlanSource.OfFile(Utf8(SmallTwin.Definition
        .Replace("\"Seen\": {", $$"""
            "Said": { "category": "behaviour", "signals": { {{signals}} } },
            "Seen": {
            """, StringComparison.Ordinal)
        .Replace("\"features\": {", signals.Contains("mood") ? """
            "features": { "mood": { "kind": "mean", "of": "Said.mood" },
            """ : "\"features\": {", StringComparison.Ordinal)));

    private static TwinPlan Compiled(PlanSource source) => TwinPlan.Load(source, "small.jsonc") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    private static string ErrorOf(PlanSource source) =>
        $"{Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(source, "small.jsonc")).Errors[0]}";

    private static TouchpointEvent Read(string note, string other, TwinPlan? plan = null) =>
        Assert.IsType<EventReading.Read>(new EventReader((plan ?? Plan).Events, EventLimits.Default).Read(
            Utf8($$"""
                {
                  "id":"1","source":"web","customer":"c","type":"Said",
                  "properties": {"note":"{{note}}","other":"{{other}}"}
                }
                """), SmallTwin.Monday)).Event;
}
