"""Published and classical figures, by the result file that they stand beside."""

from __future__ import annotations

PUBLISHED = {
    "convex_hull_5": "92.0 % (Ptr-Net 5-50)",
    "convex_hull_10": "87.0 % (Ptr-Net 5-50)",
    "convex_hull_50": "72.6 % (Ptr-Net 50), 69.6 % (5-50)",
    "convex_hull_100": "50.3 % (Ptr-Net 5-50)",
    "tsp_20": "0.34 % (attention model, greedy)",
    "fine_tuning/tsp50_greedy": ("1.76 % (attention model, greedy); mean length 6.09 (Ptr-Net)"),
    "fine_tuning/tsp50_multistart_greedy": "0.21 % (POMO, multi-start)",
    "sorting_10": '57 % ("Order matters", P = 5, 1 glimpse)',
    "text/g2p": "PER 5.45, WER 23.55 (Yao & Zweig 2015); WER 24.4 (Phonetisaurus)",
    "text/g2p_transformer": "WER 20.6 (g2p-seq2seq, Transformer 3x256)",
    "text/g2p_ensemble": "PER 4.69, WER 20.24 (Toshniwal & Livescu 2016, ensemble)",
    "text/translation": "28.3 (GRU with attention, tutorial)",
    "text/translation_unattended": "13.8 (LSTM without, tutorial)",
    "text/translation_transformer": "36.5 (Transformer, tutorial)",
    "text/scan_simple": "99.8 (Lake & Baroni 2018)",
}
