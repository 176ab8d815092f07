using DToC.Twin.Models.Text;

namespace DToC.Twin.Tests.Models.Text;

/// <summary>VADER's rules over a lexicon of three words; expected values are the rules' arithmetic by hand.</summary>
public class VaderScorerTests
{
    private static readonly VaderScorer Vader = new(VaderLexicon.Read(
        "good\t2.0\t0.9\t[2, 2]\nbad\t-2.0\nno\t-1.2\nsmiling\t1.0\n:)\t1.5\n", "\U0001F601\tsmiling face\n"));

    [Theory]
    [InlineData("it is good", 2)]
    [InlineData("it is (good).", 2)]
    [InlineData("it is :)", 1.5)]
    [InlineData("very good", 2.293)]
    [InlineData("very bad", -2.293)]
    [InlineData("slightly good", 1.707)]
    [InlineData("very it good", 2 + 0.293 * 0.95)]
    [InlineData("very it is good", 2 + 0.293 * 0.9)]
    [InlineData("it is GOOD", 2.733)]
    [InlineData("IT IS GOOD", 2)] // all in capitals: none stands out
    [InlineData("VERY good", 2 + 0.293 + 0.733)]
    [InlineData("not good", 2 * -0.74)]
    [InlineData("wasn't it good", 2 * -0.74)]
    [InlineData("not at all good", 2 * -0.74)]
    [InlineData("never so good", (2 + 0.293) * 1.25)]
    [InlineData("without doubt good", 2)]
    [InlineData("it is no good", 2 * -0.74)] // "no" beside a valued word only turns it
    [InlineData("oh no", -1.2)]
    [InlineData("least good", 2 * -0.74)]
    [InlineData("at least good", 2)]
    [InlineData("good but bad", 2 * 0.5 - 2 * 1.5)]
    [InlineData("it is kind of good", 2 - 0.293)]
    [InlineData("he is the bad ass", 1.5)]
    [InlineData("good!!", 2 + 2 * 0.292)]
    [InlineData("good!!!!!!", 2 + 4 * 0.292)]
    [InlineData("bad??", -2 - 2 * 0.18)]
    [InlineData("bad????", -2 - 0.96)]
    [InlineData("see\U0001F601", 1)]
    public void Rules_add_up(string text, double sum) =>
        Assert.Equal(Math.Round(sum / Math.Sqrt(sum * sum + 15), 4), Vader.Shares(text).Compound, 1e-9);

    [Fact]
    public void Text_without_a_known_token_has_no_signal()
    {
        Assert.False(Vader.Score("the table is round").HasSignal);
        Assert.False(Vader.Score("").HasSignal);
        Assert.Equal(double.NaN, Vader.Score("   ").Value);
        Assert.Equal(0, Vader.Shares("the table").Compound);
    }

    [Fact]
    public void Sureness_falls_when_words_are_at_odds()
    {
        Assert.Equal(1, Vader.Score("good").Sureness);
        Assert.Equal(0.5, Vader.Score("good bad").Sureness);
        Assert.Null(Vader.Score("good").IntervalAt(0.9));
    }

    [Fact]
    public void Shares_add_up_to_one()
    {
        var shares = Vader.Shares("good and bad and so on");
        Assert.Equal(1, shares.Positive + shares.Neutral + shares.Negative, 1e-12);
    }

    [Fact]
    public void Any_text_is_read_and_a_long_one_in_part()
    {
        Assert.Equal(0, Vader.Shares("\ud83d \udc00 \u0000").Compound);
        var long_ = string.Concat(Enumerable.Repeat("\U0001F601", 10_000));
        Assert.InRange(Vader.Shares(long_).Compound, 0.99, 1);
        Assert.Equal(0, Vader.Shares(new string('x', ISentimentScorer.MaxChars) + " good").Compound);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var sum = 0.0;
        Allocation.IsNone(() => sum += Vader.Score("it is VERY good, but not \U0001F601 at all!").Value);
        Assert.True(double.IsFinite(sum));
    }

    [Theory]
    [InlineData("good 2.0", "line 1: no tab")]
    [InlineData("good\t2\n\nbad\tlow", "line 3: 'low'")]
    [InlineData("", "no line")]
    public void Lexicon_that_is_none_is_refused_with_the_line(string lexicon, string told) =>
        Assert.Contains(told, Assert.Throws<InvalidDataException>(() => VaderLexicon.Read(lexicon)).Message);
}
