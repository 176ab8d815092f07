using DToC.Conformance;

namespace DToC.Fuzz.Mutation;

/// <summary>Changes of structure, of values, and of bytes, drawn from a seed.</summary>
internal static class Mutations
{
    /// <summary>A few changes of structure.</summary>
    public static void Change(Tree root, SeededDraws draws, IReadOnlyList<string> names)
    {
        for (var left = draws.Between(1, 3); left > 0; left--)
        {
            var containers = root.Containers().Where(c => c.Parts.Count > 0).ToList();
            if (containers.Count == 0) return;
            ChangeParts(containers[draws.Below(containers.Count)].Parts, containers, draws, names);
        }
    }

    /// <summary>Garbles bytes: cut short, flipped, with bytes put in that are no text or a byte order mark.</summary>
    public static byte[] Garble(byte[] bytes, SeededDraws draws)
    {
        var list = bytes.ToList();
        for (var left = draws.Between(1, 3); left > 0; left--)
        {
            var at = draws.Below(list.Count + 1);
            switch (draws.Below(6))
            {
                case 0:
                    list.RemoveRange(at, list.Count - at);
                    break;
                case 1 when at < list.Count:
                    list[at] = (byte)draws.Below(256);
                    break;
                case 2:
                    list.InsertRange(at, OddTexts.Bytes[draws.Below(OddTexts.Bytes.Length)]);
                    break;
                case 3:
                    list.InsertRange(0, [0xEF, 0xBB, 0xBF]);
                    break;
                case 4:
                    list.RemoveRange(at, Math.Min(draws.Between(1, 8), list.Count - at));
                    break;
                default:
                    list.InsertRange(at, list.GetRange(at, Math.Min(draws.Between(1, 40), list.Count - at)));
                    break;
            }
        }
        return [.. list];
    }

    private static void ChangeParts(
        List<(string Name, Tree Value)> parts, List<Tree> containers, SeededDraws draws, IReadOnlyList<string> names)
    {
        var at = draws.Below(parts.Count);
        var (name, value) = parts[at];
        switch (draws.Below(10))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Insert(draws.Below(parts.Count + 1), (name, value));
                break;
            case 2:
                var other = draws.Below(parts.Count);
                (parts[at], parts[other]) = (parts[other], parts[at]);
                break;
            case 3:
                parts[at] = (name, Tree.Within(draws.Percent(50), value));
                break;
            case 4:
                for (var deep = draws.Below(draws.Percent(10) ? 400 : 20); deep > 0; deep--)
                    value = Tree.Within(draws.Percent(50), value);
                parts[at] = (name, value);
                break;
            case 5:
                parts[at] = (draws.Percent(50) ? OddTexts.Text(draws) : names[draws.Below(names.Count)], value);
                break;
            case 6:
                var source = containers[draws.Below(containers.Count)].Parts;
                // A leaf only: a container may hold the place it would be put into.
                var leaf = source.FirstOrDefault(part => part.Value.IsLeaf).Value;
                if (leaf is not null) parts[at] = (name, leaf);
                break;
            default:
                parts[at] = (name, Tree.Leaf(OddTexts.Value(draws)));
                break;
        }
    }
}
