using System.Buffers;
using System.Buffers.Binary;

namespace DToC.Twin.Models.Text;

/// <summary>
/// The mood of a short English text by a linear model over <see cref="SentimentFeatures"/>: evidence = bias + the sum
/// of the weights of known features, over the root of their number. Its weights are trained on texts that people
/// rated, and stand in one small file without any words in it.
/// </summary>
/// <remarks>
/// The value is the expected rating, and its deviation how far the mean of people's ratings lies from it. The sureness
/// is the probability that the sign is right, 1 / (1 + e^-(a + b |evidence|)), both as seen on texts the weights were
/// not trained on. A text without any known feature has no signal.
/// </remarks>
public sealed class LinearSentiment : ISentimentScorer
{
    /// <summary>Most features a model may have.</summary>
    public const int MaxWeights = 1_000_000;

    private const uint Format = 0x31535444; // "DTS1"
    private const int HeadBytes = 8 + 8 * SentimentScales.Count;
    private const string ShippedName = "sentiment/english";

    private static readonly Lazy<LinearSentiment> FromAssembly = new(ReadShipped);

    private readonly uint[] _features;
    private readonly short[] _weights;

    /// <summary>A model; features ascend and are as many as the weights.</summary>
    /// <exception cref="ArgumentException">They do not make a model.</exception>
    public LinearSentiment(uint[] features, short[] weights, SentimentScales scales)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(weights);
        if (features.Length != weights.Length || features.Length > MaxWeights)
            throw new ArgumentException($"{features.Length} features and {weights.Length} weights.", nameof(weights));
        for (var i = 1; i < features.Length; i++)
        {
            if (features[i] <= features[i - 1])
                throw new ArgumentException($"Feature {i} is not above the one before.", nameof(features));
        }
        if (!scales.AreFinite) throw new ArgumentException($"{scales} are not all finite.", nameof(scales));
        (_features, _weights, Scales) = (features, weights, scales);
    }

    /// <summary>The model that comes with the program.</summary>
    public static LinearSentiment Shipped => FromAssembly.Value;

    /// <summary>How many features it knows.</summary>
    public int Count => _features.Length;

    /// <summary>How evidence becomes value and sureness.</summary>
    public SentimentScales Scales { get; }

    /// <inheritdoc/>
    public Sentiment Score(ReadOnlySpan<char> text)
    {
        if (!TryEvidence(text, out var evidence)) return Sentiment.NoSignal;
        var sureness = Logistic.Sigmoid(Scales.SureFrom + Scales.SurePer * Math.Abs(evidence));
        return Sentiment.Scored(Scales.ValuePer * evidence, sureness, Scales.Deviation);
    }

    /// <summary>The evidence of a text, above 0 when good; false when no feature is known.</summary>
    public bool TryEvidence(ReadOnlySpan<char> text, out double evidence)
    {
        if (text.Length > ISentimentScorer.MaxChars) text = text[..ISentimentScorer.MaxChars];
        var features = ArrayPool<uint>.Shared.Rent(SentimentFeatures.MaxFeatures);
        var (sum, known) = (0L, 0);
        foreach (var feature in features.AsSpan(0, SentimentFeatures.Of(text, features)))
        {
            var at = _features.AsSpan().BinarySearch(feature);
            if (at < 0) continue;
            sum += _weights[at];
            known++;
        }
        ArrayPool<uint>.Shared.Return(features);
        evidence = known == 0 ? 0 : Scales.Bias + Scales.Unit * sum / Math.Sqrt(known);
        return known > 0;
    }

    /// <summary>The stored form: marker, number of features, scales, features and weights, little endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeadBytes + 6 * Count];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Format);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Count);
        Span<double> scales = stackalloc double[SentimentScales.Count];
        Scales.CopyTo(scales);
        for (var i = 0; i < scales.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 + 8 * i), scales[i]);
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeadBytes + 4 * i), _features[i]);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(HeadBytes + 4 * Count + 2 * i), _weights[i]);
        }
        return bytes;
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why.</exception>
    public static LinearSentiment Read(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(stored) != Format)
            throw new InvalidDataException("No sentiment weights: they begin with DTS1.");
        var count = BinaryPrimitives.ReadInt32LittleEndian(stored[4..]);
        if (count is < 0 or > MaxWeights || stored.Length != HeadBytes + 6 * count)
            throw new InvalidDataException($"Sentiment weights: {stored.Length} bytes are not {count} features.");
        Span<double> scales = stackalloc double[SentimentScales.Count];
        for (var i = 0; i < scales.Length; i++)
            scales[i] = BinaryPrimitives.ReadDoubleLittleEndian(stored[(8 + 8 * i)..]);
        var (features, weights) = (new uint[count], new short[count]);
        for (var i = 0; i < count; i++)
        {
            features[i] = BinaryPrimitives.ReadUInt32LittleEndian(stored[(HeadBytes + 4 * i)..]);
            weights[i] = BinaryPrimitives.ReadInt16LittleEndian(stored[(HeadBytes + 4 * count + 2 * i)..]);
        }
        try
        {
            return new LinearSentiment(features, weights, SentimentScales.From(scales));
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"Sentiment weights: {ArgumentWords.Of(wrong)}", wrong);
        }
    }

    private static LinearSentiment ReadShipped()
    {
        using var file = typeof(LinearSentiment).Assembly.GetManifestResourceStream(ShippedName)
            ?? throw new InvalidOperationException($"The build left out {ShippedName}.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Read(bytes);
    }
}
