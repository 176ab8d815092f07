using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DToC.Published;

/// <summary>
/// XGBoost's old binary form before 1.0, taken apart and put together as its JSON and UBJ (doc/model.schema of 1.7):
/// written apart from the importers, from the structs of its source, so that these have something to be compared with.
/// </summary>
internal sealed class LegacyXgBoost
{
    private readonly byte[] _bytes;
    private int _at;

    private LegacyXgBoost(byte[] bytes) => _bytes = bytes;

    /// <summary>The model as the schema has it; arrays of numbers as typed arrays for UBJ.</summary>
    private JsonObject Document { get; } = [];

    public static LegacyXgBoost Read(byte[] bytes)
    {
        var read = new LegacyXgBoost(bytes);
        read.ReadAll();
        return read;
    }

    public byte[] ToJson() => Encoding.UTF8.GetBytes(Document.ToJsonString());

    public byte[] ToUbj()
    {
        using var stream = new MemoryStream();
        WriteUbj(stream, Document);
        return stream.ToArray();
    }

    /// <summary>The same trees as a DART model, each with a weight.</summary>
    public byte[] ToDart(IReadOnlyList<float> weights)
    {
        var copy = (JsonObject)Document.DeepClone();
        var booster = (JsonObject)copy["learner"]!["gradient_booster"]!;
        var model = booster["model"]!;
        booster.Remove("model");
        booster["name"] = "dart";
        booster["gbtree"] = new JsonObject { ["model"] = model, ["name"] = "gbtree" };
        booster["weight_drop"] = new JsonArray([.. weights.Select(w => (JsonNode)w)]);
        return Encoding.UTF8.GetBytes(copy.ToJsonString());
    }

    private void ReadAll()
    {
        var baseScore = Single();
        var features = Int();
        var classes = Int();
        _at = 136;
        var objective = Name();
        var booster = Name();
        // Files before 1.0 hold a margin, JSON the score it gives.
        var score = objective == "binary:logistic" ? 1 / (1 + Math.Exp(-baseScore)) : baseScore;
        JsonObject built;
        if (booster == "gblinear")
        {
            _at += 4 + 4 + 32 * 4;
            var weights = new JsonArray();
            for (var count = Long(); count > 0; count--) weights.Add(Single());
            built = new JsonObject { ["model"] = new JsonObject { ["weights"] = weights }, ["name"] = booster };
        }
        else
        {
            built = new JsonObject { ["model"] = Trees(), ["name"] = booster };
        }
        Document["learner"] = new JsonObject
        {
            ["attributes"] = new JsonObject(),
            ["feature_names"] = new JsonArray(),
            ["feature_types"] = new JsonArray(),
            ["gradient_booster"] = built,
            ["learner_model_param"] = new JsonObject
            {
                ["base_score"] = ((float)score).ToString("E", CultureInfo.InvariantCulture),
                ["boost_from_average"] = "1",
                ["num_class"] = Text(classes),
                ["num_feature"] = Text(features),
                ["num_target"] = "1",
            },
            ["objective"] = classes > 0
                ? new JsonObject
                {
                    ["name"] = objective,
                    ["softmax_multiclass_param"] = new JsonObject { ["num_class"] = Text(classes) },
                }
                : new JsonObject
                {
                    ["name"] = objective,
                    ["reg_loss_param"] = new JsonObject { ["scale_pos_weight"] = "1" },
                },
        };
        Document["version"] = new JsonArray(1, 7, 6);
    }

    private JsonObject Trees()
    {
        var count = Int();
        _at += 4 + 4 + 4 + 8 + 4 + 4 + 32 * 4;
        var trees = new JsonArray();
        for (var t = 0; t < count; t++) trees.Add(Tree(t));
        var info = new JsonArray();
        for (var t = 0; t < count; t++) info.Add(Int());
        return new JsonObject
        {
            ["gbtree_model_param"] = new JsonObject
            {
                ["num_parallel_tree"] = "1",
                ["num_trees"] = Text(count),
                ["size_leaf_vector"] = "0",
            },
            ["tree_info"] = info,
            ["trees"] = trees,
        };
    }

    private JsonObject Tree(int id)
    {
        _at += 4;
        var nodes = Int();
        _at += 4 + 4;
        var features = Int();
        _at += 4 + 31 * 4;
        string[] names =
        [
            "parents", "left_children", "right_children", "split_indices", "split_conditions", "default_left",
            "loss_changes", "sum_hessian", "base_weights", "split_type", "categories", "categories_nodes",
            "categories_segments", "categories_sizes",
        ];
        var tree = new JsonObject();
        foreach (var name in names) tree[name] = new JsonArray();
        for (var n = 0; n < nodes; n++)
        {
            var parent = Int();
            Add("parents", parent == -1 ? int.MaxValue : parent & int.MaxValue);
            Add("left_children", Int());
            Add("right_children", Int());
            var index = (uint)Int();
            Add("split_indices", (int)(index & int.MaxValue));
            Add("default_left", index >> 31 == 1 ? 1 : 0);
            Add("split_conditions", Single());
            Add("split_type", 0);
        }
        for (var n = 0; n < nodes; n++)
        {
            Add("loss_changes", Single());
            Add("sum_hessian", Single());
            Add("base_weights", Single());
            _at += 4;
        }
        tree["id"] = id;
        tree["tree_param"] = new JsonObject
        {
            ["num_deleted"] = "0",
            ["num_feature"] = Text(features),
            ["num_nodes"] = Text(nodes),
            ["size_leaf_vector"] = "0",
        };
        return tree;

        void Add(string name, JsonNode value) => ((JsonArray)tree[name]!).Add(value);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private int Int() => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan((_at += 4) - 4));

    private long Long() => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan((_at += 8) - 8));

    private float Single() => BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan((_at += 4) - 4));

    private string Name()
    {
        var length = (int)Long();
        return Encoding.ASCII.GetString(_bytes, (_at += length) - length, length);
    }

    // As UBJWriter of XGBoost's json.cc: keys without a mark, lengths of 64 bits, arrays of numbers typed.
    private static void WriteUbj(Stream to, JsonNode node)
    {
        switch (node)
        {
            case JsonObject items:
                to.WriteByte((byte)'{');
                foreach (var (key, value) in items)
                {
                    WriteText(to, key);
                    WriteUbj(to, value!);
                }
                to.WriteByte((byte)'}');
                break;
            case JsonArray array when array.Count > 0 && array[0] is JsonValue first:
                var isSingle = !first.TryGetValue(out int _);
                to.Write(isSingle ? "[$d#L"u8 : "[$l#L"u8);
                WriteLong(to, array.Count);
                foreach (var value in array)
                    WriteInt(to, isSingle ? BitConverter.SingleToInt32Bits((float)value!) : (int)value!);
                break;
            case JsonArray array:
                to.Write("[#L"u8);
                WriteLong(to, array.Count);
                foreach (var value in array) WriteUbj(to, value!);
                break;
            case JsonValue text when text.TryGetValue(out string? written):
                to.WriteByte((byte)'S');
                WriteText(to, written);
                break;
            default:
                to.WriteByte((byte)'L');
                WriteLong(to, (int)node);
                break;
        }
    }

    private static void WriteText(Stream to, string text)
    {
        to.WriteByte((byte)'L');
        WriteLong(to, text.Length);
        to.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void WriteInt(Stream to, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteLong(Stream to, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        to.Write(bytes);
    }
}
