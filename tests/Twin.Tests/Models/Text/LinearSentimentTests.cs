using DToC.Twin.Models.Text;

namespace DToC.Twin.Tests.Models.Text;

public class LinearSentimentTests
{
    private static readonly SentimentScales Scales = new(
        Bias: 0.1, Unit: 0.01, ValuePer: 0.2, Deviation: 0.3, SureFrom: 0.2, SurePer: 1);

    [Theory]
    [InlineData("I love it, it is wonderful! :)", 1)]
    [InlineData("Worst service ever. I hate waiting.", -1)]
    [InlineData("This is not good at all, what a terrible mess", -1)]
    [InlineData("Thank you so much, great work", 1)]
    public void Shipped_model_reads_plain_texts(string text, int side)
    {
        var mood = LinearSentiment.Shipped.Score(text);
        Assert.Equal(side, Math.Sign(mood.Value));
        Assert.InRange(mood.Sureness, 0.6, 1);
        var interval = Assert.NotNull(mood.IntervalAt(0.9));
        Assert.True(interval.Low <= mood.Value && mood.Value <= interval.High);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData("qzxv wkjq")]
    [InlineData("\u041f\u0440\u0438\u0432\u0435\u0442")]
    public void Text_without_a_known_feature_has_no_signal(string text) =>
        Assert.False(LinearSentiment.Shipped.Score(text).HasSignal);

    [Fact]
    public void Shipped_file_is_small_and_stores_as_it_was_read()
    {
        var stored = LinearSentiment.Shipped.ToBytes();
        Assert.InRange(stored.Length, 10_000, 300 * 1024);
        Assert.Equal(stored, LinearSentiment.Read(stored).ToBytes());
    }

    [Fact]
    public void Evidence_is_the_weights_over_the_root_of_their_number()
    {
        var features = new uint[16];
        var count = SentimentFeatures.Of("good", features);
        Assert.Equal(2, count); // itself, and that it comes first
        var model = new LinearSentiment([.. features[..count].Order()], [30, 50], Scales);
        Assert.True(model.TryEvidence("good", out var evidence));
        Assert.Equal(0.1 + 0.8 / Math.Sqrt(2), evidence, 1e-12);
        Assert.Equal(0.2 * evidence, model.Score("GOOD").Value, 1e-12);
    }

    [Theory]
    [InlineData("soooo", "sooooooooo")]
    [InlineData("Don\u2019t", "don't")]
    [InlineData("well ,  done", "well,done")]
    public void Same_words_have_the_same_features(string one, string other)
    {
        var (first, second) = (new uint[32], new uint[32]);
        var count = SentimentFeatures.Of(one, first);
        Assert.Equal(count, SentimentFeatures.Of(other, second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void Emoticon_with_a_letter_is_one_token()
    {
        var features = new uint[32];
        Assert.Equal(2, SentimentFeatures.Of(":D", features));
        Assert.Equal(4, SentimentFeatures.Of(":Do", features)); // a colon and a word
    }

    [Fact]
    public void Any_text_is_read()
    {
        foreach (var text in new[] { "\ud83d", "a\udc00b", new string('!', 20_000), new string('\ud83d', 100) })
            Assert.InRange(SentimentFeatures.Of(text, new uint[SentimentFeatures.MaxFeatures]), 1, 100);
        var many = string.Concat(Enumerable.Repeat("not wonderful ", 10_000));
        Assert.InRange(
            SentimentFeatures.Of(many, new uint[SentimentFeatures.MaxFeatures]),
            SentimentFeatures.MaxFeatures - 5, SentimentFeatures.MaxFeatures);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var model = LinearSentiment.Shipped;
        var sum = 0.0;
        Allocation.IsNone(() => sum += model.Score("I can't say this isn't great, really :D").Value);
        Assert.True(double.IsFinite(sum));
    }

    [Fact]
    public void Bytes_that_are_no_weights_are_refused()
    {
        var stored = new LinearSentiment([1, 2], [3, 4], Scales).ToBytes();
        Assert.Throws<InvalidDataException>(() => LinearSentiment.Read([]));
        Assert.Throws<InvalidDataException>(() => LinearSentiment.Read(stored.AsSpan(0, stored.Length - 1)));
        stored[0]++;
        Assert.Throws<InvalidDataException>(() => LinearSentiment.Read(stored));
        Assert.Throws<ArgumentException>(() => new LinearSentiment([2, 1], [3, 4], Scales));
        Assert.Throws<ArgumentException>(() => new LinearSentiment([1], [3, 4], Scales));
        Assert.Throws<ArgumentException>(() => new LinearSentiment([1], [3], Scales with { Bias = double.NaN }));
    }
}
