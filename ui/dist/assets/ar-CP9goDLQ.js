const n=`# الصفحة الأولى وما تشترك فيه الصفحات كلها؛ نصوص الصفحات الأخرى في ar.work.ftl.

title = homeward: من نزح ومن عاد ومن لم يعد بعد
title-short = homeward
description = سجل للنزوح والعودة: ما يقوله كل مصدر، ورقم معتمد واحد، ومدى صادق لما قيل.
navigation = الصفحات
skip = إلى المحتوى
nav-look = نظرة عامة
nav-enter = إدخال
nav-upload = رفع ملف
nav-docs = التوثيق
nav-settings = الإعدادات
loading = جارٍ التحميل…
page-failed = تعذّر تحميل هذه الصفحة. تحقّق من الاتصال وأعد تحميلها.
noscript = تحتاج هذه الصفحة إلى JavaScript. الأرقام نفسها في ‎/v1/stats/summary‎ وتوثيق الواجهة البرمجية في ‎/docs/api/‎.
footer-claims = الأرقام هي ما صرّحت به المصادر. المدى يحصر ما قيل، وليس مجال ثقة إحصائياً. وما لا يعلمه أحد يُعرض «غير معروف» لا صفراً.
sign-in = تسجيل الدخول
signed-in = تم تسجيل الدخول
try-again = إعادة المحاولة
offline = لا يوجد اتصال. قد يكون ما تراه من زيارة سابقة.
offline-enter = لا يوجد اتصال. ما تُدخله يُحفظ في هذا المتصفح ويُرسل عند عودة الاتصال.
kept-from = تعذّر الوصول إلى الخدمة. هذه الأرقام محفوظة من { $time }.
required = (مطلوب)
list-separator = {"، "}
unknown-number = غير معروف
unknown-date = التاريخ غير معروف
week-of = أسبوع { $date }
quarter-short = الربع { $quarter }، { $year }
period-inexact = تاريخ غير دقيق

failure-offline = تعذّر الوصول إلى الخدمة. تحقّق من الاتصال.
failure-busy = الخدمة مشغولة جداً أو قاعدة بياناتها غير متاحة. أعد المحاولة بعد قليل.
failure-token = لم يعد رمز الدخول صالحاً. سجّل الدخول من جديد.
failure-closed = لا تُقرأ هذه الخدمة إلا برمز دخول. سجّل الدخول للمتابعة.
failure-role = رمز الدخول الذي تستخدمه لا يسمح بذلك.
failure-not-found = لا يوجد سجل بهذا الرمز، أو لا يحق لك الاطلاع عليه.
failure-too-many-rows = النتيجة أكبر مما تتسع له إجابة واحدة. صفِّ بحسب المكان أو التاريخ.
failure-other = رفضت الخدمة هذا الطلب (الحالة { $status }).

look-title = من نزح ومن عاد ومن لم يعد بعد
loading-record = يجري جمع أرقام السجل… السجل الكبير يحتاج وقتاً في المرة الأولى.
about-dates = من { $first } إلى { $last }.
about-counts = { $batches ->
    [zero] لا دفعات
    [one] دفعة واحدة
    [two] دفعتان
    [few] { $batches } دفعات
    [many] { $batches } دفعة
   *[other] { $batches } دفعة
  } من { $origins ->
    [one] منشأ واحد
    [two] منشأين
    [few] { $origins } مناشئ
    [many] { $origins } منشأً
   *[other] { $origins } منشأ
  } إلى { $destinations ->
    [one] وجهة واحدة
    [two] وجهتين
    [few] { $destinations } وجهات
    [many] { $destinations } وجهة
   *[other] { $destinations } وجهة
  }، بحسب { $sources ->
    [one] مصدر واحد
    [two] مصدرين
    [few] { $sources } مصادر
    [many] { $sources } مصدراً
   *[other] { $sources } مصدر
  }.

filters = التصفية
filter-origin = المنشأ
filter-destination = الوجهة
filter-agreement = الاتفاق
filter-from = من تاريخ
filter-to = إلى تاريخ
filter-below = يشمل المكان كل ما يتبع له.
filters-none = إزالة التصفية
copy-link = نسخ رابط هذا العرض
copied = نُسخ الرابط
clear-field = مسح: { $field }
create-it = إنشاء «{ $name }»
lookup-none = لا شيء يبدأ بهذه الأحرف.
lookup-unchosen = لم يُختر «{ $typed }» بعد: اختره من القائمة.
lookup-failed = تعذّر تحميل القائمة.
lookup-count = { $count ->
    [zero] لا اقتراحات
    [one] اقتراح واحد
    [two] اقتراحان
    [few] { $count } اقتراحات
    [many] { $count } اقتراحاً
   *[other] { $count } اقتراح
  }

headline-title = الأرقام
headline-left = النازحون
headline-back = العائدون
headline-away = لم يعودوا بعد
headline-as-of = في { $date }.
headline-over = في { $date }. عدد العائدين في هذا السجل أكبر من عدد النازحين.
headline-rate = عاد { $rate } منهم.
headline-dated = النازحون والعائدون: بين التاريخين. لم يعودوا بعد: كل من ورد في السجل حتى تاريخ النهاية، متى كان نزوحه.
unit = وحدة العدّ
unit-individuals = الأفراد
unit-households = الأسر
unit-of-individuals = { $n ->
    [zero] فرد
    [one] فرد
    [two] فردان
    [few] أفراد
    [many] فرداً
   *[other] فرد
  }
unit-of-households = { $n ->
    [zero] أسرة
    [one] أسرة
    [two] أسرتان
    [few] أسر
    [many] أسرة
   *[other] أسرة
  }
range-unknown = لا أحد يعلم كم
range-none = لا أحد في السجل
range-one = لا مصدر يقول غير ذلك
range-between = بين { $low } و{ $high }
range-at-most = { $high } على الأكثر
range-more-than = أكثر من { $low }
range-open = بين { $low } وأكثر من { $high }
reading-title = ماذا تعني هذه الأرقام
reading-left = من غادروا في حركة مسجلة: كل من خرج من مكان واحد إلى وجهة واحدة في يوم واحد. والحركات التي خرجت معاً دفعة.
reading-back = من سُجّلت عودتهم.
reading-away = النازحون ناقص العائدين: من لا تُعرف لهم عودة.
reading-value = الرقم
reading-value-is = لكل حركة الرقم الذي يعتمده القائمون على هذا السجل، ثم المجموع.
reading-range = «بين … و…»
reading-range-is = مدى تباعد المصادر: مجموع أدنى ما قيل ومجموع أعلاه. وليس مجال ثقة إحصائياً.
reading-unknown = «غير معروف»
reading-unknown-is = لم يذكر أي مصدر رقماً. وهذا ليس صفراً، ولا يدخل في أي مجموع.
nobody-knows-movements = { $without ->
    [one] حركة واحدة من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
    [two] حركتان من أصل { $all } لم يعدّهما أحد، ولا تدخلان في أي مجموع.
    [few] { $without } حركات من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
   *[other] { $without } حركة من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
  }
nobody-knows-returns = { $without ->
    [one] عودة واحدة من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
    [two] عودتان من أصل { $all } لم يعدّهما أحد، ولا تدخلان في أي مجموع.
    [few] { $without } عودات من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
   *[other] { $without } عودة من أصل { $all } لم يعدّها أحد، ولا تدخل في أي مجموع.
  }

as-table = الأرقام نفسها في جدول
download-of = تنزيل: { $title }
download-excel = Excel
download-csv = CSV
download-picture = صورة
saved = تم الحفظ
preparing = يجري التحضير…
nothing-here = لا شيء هنا.
show-more-of = عرض المزيد (المعروض { $shown } من { $count })
show-more = عرض المزيد
picture-note = { $address } · { $date } · المدى يحصر ما قالته المصادر؛ غير المعروف ليس صفراً

timeline-title = المغادرة والعودة عبر الزمن
timeline-meaning = المغادرون فوق الخط والعائدون تحته. الخط الرفيع هو مدى ما قيل.
timeline-said = رسم للمغادرة والعودة في { $count } من الفترات. الأرقام نفسها في الجدول أدناه.
timeline-none = لا تاريخ دقيق بما يكفي لهذه الفترة. عدد الحركات: { $movements }.
timeline-inexact = خارج الرسم لأن تاريخها غير دقيق بما يكفي: حركات ({ $movements })، عودات ({ $returns }).
grain = الفترة
grain-day = يوم
grain-week = أسبوع
grain-month = شهر
grain-quarter = ربع سنة
grain-year = سنة
left-n = غادر: { $n }
back-n = عاد: { $n }
key-left = نازحون
key-back = عائدون
key-away = لا يزالون هناك
key-range = مدى ما قيل
key-unknown = لا أحد يعلم كم
key-lacks = بعضه لم يعدّه أحد
key-flow = العرض: عدد النازحين
key-flow-unknown = المتقطّع: لا أحد يعلم كم
remaining-title = من لم يعودوا بعد، عبر الزمن
remaining-meaning = كل من غادر ناقص كل من عاد. والشريط هو ما تتركه الأقوال مفتوحاً.
remaining-said = خط لمن لم يعودوا بعد في نهاية كل فترة، مع مدى ما قيل.

flows-title = من أين وإلى أين
flows-meaning = المناشئ في جهة والوجهات في الأخرى. الأعرض هو الأكبر.
flows-said = مخطط لتدفقات عددها { $count } من المناشئ إلى الوجهات. الأرقام نفسها في الجدول أدناه.
no-place-at-level = لا مكان في هذا المستوى
other-places = { $count ->
    [one] مكان آخر
    [two] مكانان آخران
    [few] { $count } أماكن أخرى
    [many] { $count } مكاناً آخر
   *[other] { $count } مكان آخر
  }
level = الأماكن
level-place = كما سُجّلت
level-admin2 = المنطقة
level-admin1 = المحافظة
level-country = البلد

balance-title = من لا يزال هناك
balance-meaning = بحسب الوجهة في { $date }: النازحون ناقص العائدين.
balance-meaning-undated = بحسب الوجهة: النازحون ناقص العائدين.
balance-said = أعمدة لمن لا يزالون في الوجهات، وعددها { $count }. الأرقام نفسها في الجدول أدناه.
balance-unknown = { $count ->
    [one] في مكان واحد لا أحد يعلم كم بقي.
    [two] في مكانين لا أحد يعلم كم بقي.
    [few] في { $count } أماكن لا أحد يعلم كم بقي.
    [many] في { $count } مكاناً لا أحد يعلم كم بقي.
   *[other] في { $count } مكان لا أحد يعلم كم بقي.
  }
over-return = العائدون أكثر من النازحين

column-period = الفترة
column-left = النازحون
column-back = العائدون
column-away = لم يعودوا بعد
column-range = ما قيل
column-movements = الحركات
column-returns = العودات
column-origin = المنشأ
column-destination = الوجهة
column-from = من
column-to = عائدون إلى
column-rate = نسبة العودة
column-date = التاريخ
column-figures = الأرقام
coverage = { $all }، منها { $without } بلا عدد

published-title = ما نشرته المصادر عن الاتفاق كله
published-meaning = { $agreement }: مجاميع كما ذكرتها المصادر، إلى جانب مجموع الحركات المسجلة. تُقارَن ولا تُجمع.
published-line = { $count ->
    [one] نُشر مجموع واحد للاتفاق كله: { $low }.
    [two] نُشر مجموعان للاتفاق كله: { $low } و{ $high }.
    [few] نُشرت { $count } مجاميع للاتفاق كله، أدناها { $low } وأعلاها { $high }.
   *[other] نُشر { $count } مجموعاً للاتفاق كله، أدناها { $low } وأعلاها { $high }.
  }
published-compare = قارن
published-sum = مجموع هذا السجل
published-same = يساوي مجموع هذا السجل.
published-more = أكثر من مجموع هذا السجل بـ{ $n } ({ $percent }).
published-fewer = أقل من مجموع هذا السجل بـ{ $n } ({ $percent }).
published-of = يخص { $place } فقط.
published-uncounted = عدد الحركات التي لم يعدّها أحد: { $without } من أصل { $all }، فقد يكون المجموع أقل من الواقع.
published-some = بُحث في أحدث { $count } من أرقام هذا الاتفاق.
published-search = البحث في المزيد
published-none-yet = ليس بينها مجموع للاتفاق كله.
published-no-individuals = لم ينشر أي مصدر مجموعاً للأفراد.
published-no-households = لم ينشر أي مصدر مجموعاً للأسر.
column-beside = مقارنةً بالمجموع
agreements-title = بحسب الاتفاق
agreements-meaning = اسم الاتفاق يفتح عرضه، مع المجاميع التي نشرتها المصادر عنه.
no-agreement = من دون اتفاق
column-agreement = الاتفاق

record-title = السجل
record-meaning = كل سطر يفتح كل ما قيل عنه.
record-movements = الحركات
record-returns = العودات
batch-number = الدفعة { $number }

empty-record = لا شيء مسجّل هنا بعد. أدخل أول دفعة أو ارفع ملفاً.
empty-filtered = لا شيء في السجل يطابق هذه التصفية.
data-title = البيانات
data-meaning = كل ما في هذه الصفحة في ملفات، مع ما يقوله كل مصدر، جاهزة لبرنامج Excel أو R أو لوحات المعلومات.
data-large = القوائم بهذا الحجم تأتي بصيغة CSV لأن مصنفات Excel لا تتسع لها جيداً.
data-all = البيانات كلها (ZIP)
data-docs = كيف تُقرأ

movement = حركة
return = عودة
back-to-overview = العودة إلى النظرة العامة
movement-title = من { $origin } إلى { $destination }
movement-left = المغادرة: { $date }.
movement-not-left = لم تغادر بعد.
movement-arrived = الوصول: { $date }.
return-on = العودة: { $date }.
return-not-yet = لم تتم العودة بعد.
cancelled = أُلغيت.
edit-batch = تعديل هذه الدفعة
edit-return = تعديل هذه العودة
no-figures = لم يذكر أحد عدداً لهذه الحركة.
derived-from = هذه الوحدة ليست في الرقم المعتمد؛ وهي من { $source }.
claims-title = { $count ->
    [one] ما يقوله رقم واحد
    [two] ما يقوله رقمان
    [few] ما تقوله { $count } أرقام
    [many] ما يقوله { $count } رقماً
   *[other] ما يقوله { $count } رقم
  }
claims-meaning = نقطة لكل قول؛ والممتلئة هي الرقم المعتمد. السهم يعني «أكثر من» أو «على الأكثر».
claims-said = نقاط لأقوال عددها { $count } على مقياس واحد. الأرقام نفسها في الجدول أدناه.
no-source = المصدر غير مذكور
why = لماذا يختلف
why-best = الرقم المعتمد: هو الذي يدخل في كل مجموع.
why-same = يقول ما يقوله الرقم المعتمد.
why-more = أكثر من الرقم المعتمد بـ{ $n } ({ $percent }).
why-fewer = أقل من الرقم المعتمد بـ{ $n } ({ $percent }).
why-part = يخص جزءاً فقط: يُحفظ ويُعرض ولا يُحسب.
why-stage = عُدّ في مرحلة أخرى: «{ $stage }»، والمعتمد «{ $other }».
why-not-actual = يتحدث عمّا كان مقرراً، لا عمّا حدث.
why-approximately = المصدر يقرّب: «تقريباً».
why-more-than = المصدر يذكر حداً أدنى فقط: «أكثر من».
why-less-than = المصدر يذكر حداً أعلى فقط: «على الأكثر».
why-between = المصدر نفسه يذكر مدى.
why-as-of = مجموع تراكمي حتى { $date }.
why-early = نُشر في { $date }، قبل وقوع الحدث.
why-no-individuals = لا يذكر عدد الأفراد.
why-no-households = لا يذكر عدد الأسر.
why-parts = مجموع أجزائه { $parts } لا { $whole }.
said-approximately = نحو { $n }
said-more-than = أكثر من { $n }
said-less-than = { $n } على الأكثر
said-between = من { $n } إلى { $high }
place-said = المكان بلفظه: { $place }
reported-on = نُشر في { $date }
publication = المنشور
opens-elsewhere = (يُفتح خارج هذه الخدمة)

field-code = الرمز
field-source = المصدر
field-stage = المرحلة
field-role = الدور
field-reported-on = تاريخ النشر
field-men = رجال
field-women = نساء
field-children = أطفال
field-infants = رضّع
field-civilians = مدنيون
field-fighters = مقاتلون
field-notes = ملاحظات
field-destination-as-reported = الوجهة كما وردت
field-from-as-reported = مكان النزوح كما ورد
field-settlement-type = نوع السكن
field-household-completeness = اكتمال الأسر
field-movement = حركة المغادرة

queue-waiting = { $count ->
    [one] إدخال واحد لم يُرسل بعد
    [two] إدخالان لم يُرسلا بعد
    [few] { $count } إدخالات لم تُرسل بعد
    [many] { $count } إدخالاً لم يُرسل بعد
   *[other] { $count } إدخال لم يُرسل بعد
  }

word-stage-planned = مخطط
word-stage-registered = مسجّل
word-stage-waitlisted = على قائمة الانتظار
word-stage-departed = غادر
word-stage-arrived = وصل
word-stage-withdrawn = انسحب
word-role-recommended = معتمد
word-role-triangulation = للمقارنة
word-scope-whole = كامل
word-scope-part = جزء
word-quantifier-exact = بالضبط
word-quantifier-approximately = تقريباً
word-quantifier-more-than = أكثر من
word-quantifier-less-than = أقل من
word-quantifier-between = بين
word-precision-day = يوم
word-precision-week = أسبوع
word-precision-month = شهر
word-precision-year = سنة
word-batch-kind-displacement = نزوح
word-batch-kind-redisplacement = نزوح متكرر
word-batch-kind-onward = انتقال لاحق
word-location-kind-country = بلد
word-location-kind-admin1 = المستوى الإداري الأول
word-location-kind-admin2 = المستوى الإداري الثاني
word-location-kind-admin3 = المستوى الإداري الثالث
word-location-kind-admin4 = المستوى الإداري الرابع
word-location-kind-area = منطقة جغرافية
word-location-kind-locality = تجمع سكني
word-location-kind-neighbourhood = حي
word-location-kind-camp = مخيم
word-location-kind-crossing = معبر
word-settlement-type-individual = سكن فردي
word-settlement-type-self-settled-camp = مخيم عشوائي
word-settlement-type-planned-camp = مخيم منظم
word-settlement-type-collective-centre = مركز جماعي
word-settlement-type-reception-centre = مركز استقبال
word-settlement-type-undefined = غير محدد
word-source-kind-own-count = إحصاء خاص
word-source-kind-government = جهة حكومية
word-source-kind-local-council = مجلس محلي
word-source-kind-armed-group = جماعة مسلحة
word-source-kind-un-agency = وكالة أممية
word-source-kind-ngo = منظمة غير حكومية
word-source-kind-red-cross-red-crescent = الصليب الأحمر والهلال الأحمر
word-source-kind-monitor = جهة رصد
word-source-kind-community = المجتمع المحلي
word-source-kind-media = وسيلة إعلام
word-source-kind-state-media = إعلام رسمي
word-source-kind-research = بحث
word-source-kind-other = أخرى
word-reliability-low = منخفضة
word-reliability-medium = متوسطة
word-reliability-high = عالية
word-reliability-unknown = غير معروفة
word-party-role-signatory = موقّع
word-party-role-guarantor = ضامن
word-party-role-mediator = وسيط
word-party-role-facilitator = ميسّر
word-party-role-organiser = منظّم
word-party-role-monitor = مراقب
word-reason-hostilities = أعمال قتالية
word-reason-siege = حصار
word-reason-fear-of-reprisal = الخوف من الانتقام
word-reason-conscription = التجنيد
word-reason-poor-conditions = ظروف معيشية سيئة
word-reason-eviction = إخلاء
word-reason-security-improved = تحسّن الأمن
word-reason-guarantees = ضمانات
word-reason-family = أسباب عائلية
word-reason-property = ممتلكات
word-reason-other = أخرى
word-reason-unknown = غير معروف
word-household-completeness-complete = كاملة
word-household-completeness-partial = جزئية
word-household-completeness-unknown = غير معروف
word-visibility-public = عام
word-visibility-restricted = مقيّد
`;export{n as default};
