using System.Text;
using System.Text.Json;
using DToC.Twin.Events;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;
using DToC.Twin.Tests.State;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Events;

public class TextScoringTests
{
    private const string Angry = "Terrible service, I hate it.";
    private const string Happy = "Great, I love it!";

    private static readonly TwinPlan Plan = SmallTwin.Compile(WithSignals("""
        "mood": { "path": "note", "type": "sentiment", "required": true },
        "kept": { "path": "a.review", "type": "sentiment", "keepText": true },
        "worst": { "path": "lines[].note", "type": "sentiment", "aggregate": "min" }
        """));

    [Fact]
    public void A_text_is_scored_and_only_its_score_is_stored()
    {
        var read = Accepted($$"""{"note":"{{Angry}}","other":1}""");

        Assert.Equal(Units(Angry), read.Numbers[0]);
        Assert.True(read.Numbers[0] < 0);
        Assert.Equal($$$"""{"note":{"sentiment":{{{Units(Angry) / 1e4}}}},"other":1}""", PropertiesOf(read));
        Assert.Equal(read.Numbers, Stored(read).Numbers);
    }

    [Fact]
    public void A_text_is_kept_where_the_definition_says_so()
    {
        var read = Accepted($$$"""{"note":"x","a":{"review":"Gr\u00fc\u00df \"dich\" {{{Happy}}}"}}""");

        Assert.Contains(
            $"\"text\":\"Gr\u00fc\u00df \\\"dich\\\" {Happy}\"", PropertiesOf(read), StringComparison.Ordinal);
        Assert.True(read.Numbers[1] > 0);
        Assert.Equal(read.Numbers, Stored(read).Numbers);
    }

    [Fact]
    public void A_text_without_signal_is_missing_but_given()
    {
        var read = Accepted("""{"note":"84712255"}""");

        Assert.Equal(Sentiment.NoSignal, LinearSentiment.Shipped.Score("84712255"));
        Assert.Equal(TouchpointEvent.Missing, read.Numbers[0]);
        Assert.Equal("""{"note":{"sentiment":null}}""", PropertiesOf(read));
        Assert.Equal(read.Numbers, Stored(read).Numbers);
        var none = Assert.IsType<EventReading.Rejected>(Read("""{"total":1}"""));
        Assert.Contains("properties.note is missing", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_a_list_become_one_number()
    {
        var read = Accepted(
            $$"""{"note":"x","lines":[{"note":"99"},{"note":"{{Happy}}"},{"note":"{{Angry}}"}]}""");

        Assert.Equal(Units(Angry), read.Numbers[2]);
        Assert.DoesNotContain("hate", PropertiesOf(read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sentiment":-0.25}""", """{"sentiment":-0.25}""")]
    [InlineData("""{"text":"secret","sentiment":-0.25}""", """{"sentiment":-0.25}""")]
    public void A_sender_may_score_itself(string sent, string stored)
    {
        var read = Accepted($$"""{"note":{{sent}}}""");

        Assert.Equal(-2_500, read.Numbers[0]);
        Assert.Equal($$"""{"note":{{stored}}}""", PropertiesOf(read));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("true")]
    [InlineData("""{"text":"secret"}""")]
    [InlineData("""{"sentiment":2}""")]
    [InlineData("""["secret"]""")]
    public void What_is_no_text_is_told(string note)
    {
        var rejected = Assert.IsType<EventReading.Rejected>(Read($$"""{"note":{{note}}}"""));

        Assert.Equal((EventProblem.WrongType, "properties.note"), (rejected.Problem, rejected.Field));
    }

    [Fact]
    public void What_is_kept_for_a_person_has_no_text_either()
    {
        var json = Json($$$"""{"total":-7,"note":["{{{Angry}}}"],"a":{"review":"{{{Happy}}}"}}""");

        var hidden = TextScoring.Hide(json, Plan.Events, EventLimits.Default);

        var text = Encoding.UTF8.GetString(hidden.Span);
        Assert.DoesNotContain("Terrible", text, StringComparison.Ordinal);
        Assert.Contains(Happy, text, StringComparison.Ordinal);
        Assert.Equal(hidden, TextScoring.Hide(hidden, Plan.Events, EventLimits.Default));
    }

    [Fact]
    public void Whatever_the_text_it_reads_again_as_it_was_read() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), text =>
        {
            var given = JsonSerializer.Serialize(text ?? "");
            var read = Accepted($$$"""{"note":{{{given}}},"a":{"review":{{{given}}}}}""");
            var again = Stored(read);
            return read.Numbers.SequenceEqual(again.Numbers) && read.Numbers[0] == read.Numbers[1]
                && !PropertiesOf(read).Contains($"\"note\":{given}", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""
        "t": { "path": "note", "type": "sentiment" }, "k": { "path": "note", "type": "token" }
        """)]
    [InlineData("""
        "t": { "path": "note", "type": "sentiment" }, "k": { "path": "note.length", "type": "number" }
        """)]
    public void Nothing_else_is_read_where_a_text_stood(string signals)
    {
        var source = Encoding.UTF8.GetBytes(WithSignals(signals));
        var invalid = Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(source, "small.jsonc"));
        Assert.Contains("Something else is read at 'note'", $"{invalid.Errors[0]}", StringComparison.Ordinal);
    }

    private static long Units(string text) =>
        (long)Math.Round(TextScoring.ScoreOf(LinearSentiment.Shipped, text) * 1e4);

    private static string WithSignals(string signals) => SmallTwin.Definition.Replace(
        "\"Seen\": {", $$"""
        "Said": { "category": "behaviour", "signals": { {{signals}} } },
        "Seen": {
        """, StringComparison.Ordinal);

    private static byte[] Json(string properties) => Encoding.UTF8.GetBytes($$"""
        {"id":"1","source":"web","properties":{{properties}},"customer":"c","type":"Said"}
        """);

    private static EventReading Read(string properties) =>
        new EventReader(Plan.Events, EventLimits.Default).Read(Json(properties), SmallTwin.Monday);

    private static TouchpointEvent Accepted(string properties) =>
        Assert.IsType<EventReading.Read>(Read(properties)).Event;

    private static TouchpointEvent Stored(TouchpointEvent read) => Assert.IsType<EventReading.Read>(
        new EventReader(Plan.Events, EventLimits.Stored).ReadStored(read.Json, read.OccurredAt, read.ReceivedAt)).Event;

    private static string PropertiesOf(TouchpointEvent read)
    {
        using var json = JsonDocument.Parse(read.Json);
        return json.RootElement.GetProperty("properties").GetRawText();
    }
}
